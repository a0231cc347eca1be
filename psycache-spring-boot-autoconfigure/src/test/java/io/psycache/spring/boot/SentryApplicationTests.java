package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.testsupport.RecordingTransport;
import io.psycache.testsupport.TestDatabase;
import io.sentry.ITransaction;
import io.sentry.ITransportFactory;
import io.sentry.Sentry;
import io.sentry.TransactionOptions;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with Sentry's starter for its Spring Boot. */
class SentryApplicationTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        Sentry.close();
    }

    @Test
    void aCachedMethodIsAMissAPutAndThenAHit() throws IOException {
        List<JsonNode> spans = spansOfTwoCalls();

        assertThat(ops(spans)).containsExactly("cache.get", "cache.put", "cache.get");
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.path("description").asText()).isEqualTo("greetings");
            assertThat(span.path("origin").asText()).isEqualTo("auto.cache.psycache");
            assertThat(span.at("/data/cache.key/0").asText()).isEqualTo("greetings::\"Ada\"");
        });
        assertThat(spans)
                .extracting(span -> span.at("/data/cache.hit").toString())
                .containsExactly("false", "", "true");
        assertThat(spans)
                .extracting(span -> span.at("/data/cache.item_size").asLong())
                .as("of a put behind its caller the size of its JSON")
                .containsExactly(0L, (long) "\"Hello Ada\"".length(), size());
    }

    private long size() {
        return database.queryForLong("select pg_column_size(value) from psycache");
    }

    @Test
    void nothingIsDoubledWhereSentryTracesCachesItself() throws IOException {
        List<JsonNode> spans = spansOfTwoCalls("--sentry.enable-cache-tracing=true");

        assertThat(ops(spans)).containsExactly("cache.get", "cache.put", "cache.get");
        assertThat(spans)
                .extracting(span -> span.path("origin").asText())
                .isNotEmpty()
                .doesNotContain("auto.cache.psycache");
    }

    private static List<String> ops(List<JsonNode> spans) {
        return spans.stream().map(span -> span.path("op").asText()).toList();
    }

    private List<JsonNode> spansOfTwoCalls(String... arguments) throws IOException {
        try (ConfigurableApplicationContext application = start(arguments)) {
            Greetings greetings = application.getBean(Greetings.class);
            TransactionOptions bound = new TransactionOptions();
            bound.setBindToScope(true);
            ITransaction request = Sentry.startTransaction("request", "test", bound);
            greetings.of("Ada");
            greetings.of("Ada");
            request.finish();
            List<String> sent = application.getBean(RecordingTransport.class).transactions();
            assertThat(sent).hasSize(1);
            return StreamSupport.stream(
                            new ObjectMapper()
                                    .readTree(sent.get(0))
                                    .path("spans")
                                    .spliterator(),
                            false)
                    .toList();
        }
    }

    private ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.hikari.maximum-pool-size=2",
                        "psycache.cleanup.enabled=false",
                        "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
                        "sentry.dsn=http://key@localhost/1",
                        "sentry.traces-sample-rate=1.0")
                .run(arguments);
    }

    static class Greetings {

        @Cacheable("greetings")
        public String of(String name) {
            return "Hello " + name;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {

        @Bean
        Greetings greetings() {
            return new Greetings();
        }

        @Bean
        RecordingTransport transport() {
            return new RecordingTransport();
        }

        @Bean
        ITransportFactory transportFactory(RecordingTransport transport) {
            return (sdk, request) -> transport;
        }
    }
}

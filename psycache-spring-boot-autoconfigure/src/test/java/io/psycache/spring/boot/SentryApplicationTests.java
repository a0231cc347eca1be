package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testkit.TestDatabase;
import io.sentry.ITransaction;
import io.sentry.ITransportFactory;
import io.sentry.NoOpTransportFactory;
import io.sentry.Sentry;
import io.sentry.SentryOptions.BeforeSendTransactionCallback;
import io.sentry.TransactionOptions;
import io.sentry.protocol.SentrySpan;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        Sentry.close();
        database.close();
    }

    @Test
    void aCachedMethodIsAMissAPutAndThenAHit() {
        List<SentrySpan> spans = spansOfTwoCalls();

        assertThat(spans).extracting(SentrySpan::getOp).containsExactly("cache.get", "cache.put", "cache.get");
        assertThat(spans).extracting(SentrySpan::getDescription).containsOnly("greetings");
        assertThat(spans).extracting(span -> span.getData().get("cache.hit")).containsExactly(false, null, true);
    }

    @Test
    void nothingIsDoubledWhereSentryTracesCachesItself() {
        List<SentrySpan> spans = spansOfTwoCalls("--sentry.enable-cache-tracing=true");

        assertThat(spans).extracting(SentrySpan::getOp).containsExactly("cache.get", "cache.put", "cache.get");
        assertThat(spans).extracting(SentrySpan::getOrigin).isNotEmpty().doesNotContain("auto.cache.psycache");
    }

    private List<SentrySpan> spansOfTwoCalls(String... arguments) {
        try (ConfigurableApplicationContext application = start(arguments)) {
            Greetings greetings = application.getBean(Greetings.class);
            TransactionOptions bound = new TransactionOptions();
            bound.setBindToScope(true);
            ITransaction request = Sentry.startTransaction("request", "test", bound);
            greetings.of("Ada");
            greetings.of("Ada");
            request.finish();
            return application.getBean(Spans.class).sent;
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

    record Spans(List<SentrySpan> sent) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {

        @Bean
        Greetings greetings() {
            return new Greetings();
        }

        @Bean
        Spans spans() {
            return new Spans(new CopyOnWriteArrayList<>());
        }

        @Bean
        BeforeSendTransactionCallback recorder(Spans spans) {
            return (transaction, hint) -> {
                spans.sent.addAll(transaction.getSpans());
                return transaction;
            };
        }

        @Bean
        ITransportFactory nothingIsSent() {
            return NoOpTransportFactory.getInstance();
        }
    }
}

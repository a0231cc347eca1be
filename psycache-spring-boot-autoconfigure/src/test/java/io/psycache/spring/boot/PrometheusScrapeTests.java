package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.testkit.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What Prometheus gets from an application with Boot's actuator, over HTTP. */
class PrometheusScrapeTests {
    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theTenMetersOfPythonPsycacheAndThoseOfSpringAreThere() throws Exception {
        try (ConfigurableApplicationContext application = start()) {
            PostgresCache cache = application.getBean(PostgresCache.class);
            cache.flush();
            PostgresCache users = cache.withSpanName("users");
            users.put("k", "value", Duration.ofMinutes(1));
            users.get("k", String.class);
            users.get("x", String.class);
            users.remove("k");
            users.put("k", "value", Duration.ofNanos(1));
            cache.flush();
            application.getBean(CacheManager.class).getCache("orders").get("o");
            users.put("k", "value", Duration.ofNanos(1));
            cache.cleanupExpired();

            String scrape = scrape(application);
            assertThat(scrape.lines())
                    .contains(
                            "psycache_hits_total{span_name=\"users\"} 1.0",
                            "psycache_misses_total{span_name=\"users\"} 1.0",
                            "psycache_get_duration_seconds_count{span_name=\"users\"} 2",
                            "psycache_put_duration_seconds_count{span_name=\"users\"} 3",
                            "psycache_remove_duration_seconds_count 1",
                            "psycache_flush_duration_seconds_count 2",
                            "psycache_item_size_bytes_count{span_name=\"users\"} 4",
                            "psycache_flushed_entries_count 2",
                            "psycache_flushed_entries_sum 1.0",
                            "psycache_cleanup_deleted_entries 1.0",
                            "psycache_log_entries 3.0")
                    .contains(
                            "# TYPE psycache_hits_total counter",
                            "# TYPE psycache_misses_total counter",
                            "# TYPE psycache_get_duration_seconds histogram",
                            "# TYPE psycache_put_duration_seconds histogram",
                            "# TYPE psycache_remove_duration_seconds histogram",
                            "# TYPE psycache_flush_duration_seconds histogram",
                            "# TYPE psycache_item_size_bytes histogram",
                            "# TYPE psycache_flushed_entries histogram",
                            "# TYPE psycache_cleanup_last_run_timestamp_seconds gauge",
                            "# TYPE psycache_cleanup_deleted_entries gauge")
                    .contains(
                            "cache_gets_total{cache=\"orders\",cache_manager=\"cacheManager\",name=\"orders\",result=\"miss\"} 1.0")
                    .anyMatch(line -> line.startsWith("psycache_operations_seconds_count{")
                            && line.contains("psycache_operation=\"get\"")
                            && line.contains("psycache_outcome=\"hit\""));
        }
    }

    private ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.hikari.maximum-pool-size=4",
                        "psycache.cleanup.enabled=false",
                        "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "management.endpoints.web.exposure.include=prometheus")
                .run();
    }

    private static String scrape(ConfigurableApplicationContext application) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:"
                + application.getEnvironment().getProperty("local.server.port") + "/actuator/prometheus");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {}
}

package io.psycache.instrumentation.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What Prometheus is told, by its text. */
class MicrometerInstrumentationTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .instrumentations(List.of(new MicrometerInstrumentation(registry)))
            .build());

    /** The value of a series as the scrape has it. */
    private double scraped(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> Double.valueOf(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series + " in\n" + registry.scrape()));
    }

    private List<String> bucketsOf(String name, String labels) {
        String start = name + "_bucket{" + labels + "le=\"";
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length(), line.indexOf('"', start.length())))
                .toList();
    }

    @Test
    void whatTheLanesCarryAndHowLongItWaitedIsMeasuredByOperation() {
        cache.putAll(Map.of("a", 1, "b", 2), TTL);
        cache.getAll(List.of("a", "b", "c"), Integer.class);
        cache.get("a", Integer.class);
        cache.remove("a");
        cache.increment("n");

        assertThat(scraped("psycache_batch_size_keys_sum{operation=\"put\"}")).isEqualTo(2);
        assertThat(scraped("psycache_batch_size_keys_sum{operation=\"get\"}")).isEqualTo(4);
        assertThat(scraped("psycache_batch_size_keys_count{operation=\"get\"}")).isEqualTo(2);
        assertThat(scraped("psycache_batch_size_keys_sum{operation=\"remove\"}"))
                .isEqualTo(1);
        assertThat(scraped("psycache_batch_size_keys_sum{operation=\"increment\"}"))
                .isEqualTo(1);
        assertThat(scraped("psycache_lane_wait_seconds_count{operation=\"get\"}"))
                .isEqualTo(2);
        assertThat(scraped("psycache_lane_wait_seconds_sum{operation=\"get\"}")).isPositive();
        assertThat(bucketsOf("psycache_lane_wait_seconds", "operation=\"get\","))
                .startsWith("1.0E-4", "2.5E-4")
                .endsWith("0.25", "0.5", "+Inf");
        assertThat(bucketsOf("psycache_batch_size_keys", "operation=\"get\","))
                .containsExactly("1.0", "2.0", "5.0", "10.0", "20.0", "50.0", "100.0", "1000.0", "+Inf");
    }

    @Test
    void severalCachesOnOneRegistryAreToldApartByTags() {
        PrometheusMeterRegistry shared = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PsycacheSchema.create(database.dataSource(), "", "other");
        try (PostgresCache first = measured(shared, "psycache");
                PostgresCache second = measured(shared, "other")) {
            first.put("k", 1, Duration.ofNanos(1));
            first.put("l", 1, Duration.ofNanos(1));
            first.cleanupExpired();
            second.put("k", 1, TTL);
            second.cleanupExpired();

            assertThat(shared.scrape().lines())
                    .contains(
                            "psycache_cleanup_deleted_entries{of=\"psycache\"} 2.0",
                            "psycache_cleanup_deleted_entries{of=\"other\"} 0.0",
                            "psycache_entries{cache=\"\",of=\"other\"} 1.0",
                            "psycache_flush_duration_seconds_count{of=\"psycache\"} 0",
                            "psycache_batch_size_keys_count{of=\"other\",operation=\"put\"} 1",
                            "psycache_puts_fenced_total{of=\"other\",span_name=\"\"} 0.0",
                            "psycache_near_copies{of=\"psycache\"} 0.0",
                            "psycache_near_looks_total{of=\"other\"} 0.0");
        }
    }

    private PostgresCache measured(PrometheusMeterRegistry shared, String table) {
        return PostgresCache.builder(database.dataSource())
                .table(table)
                .instrumentations(List.of(new MicrometerInstrumentation(shared, Tags.of("of", table))))
                .build();
    }

    @Test
    void copiesAndLooksAreMeasured() {
        assertThat(scraped("psycache_near_look_age_seconds")).isNaN();
        cache.put("k", "value", TTL);
        for (int i = 0; i < 4; i++) {
            cache.get("k", String.class);
        }

        assertThat(scraped("psycache_near_hits_total")).isEqualTo(2);
        assertThat(scraped("psycache_near_looks_total")).isEqualTo(3);
        assertThat(scraped("psycache_near_look_callers_total")).isEqualTo(3);
        assertThat(scraped("psycache_near_look_rows_total")).isZero();
        assertThat(scraped("psycache_near_floors_total")).isEqualTo(1);
        assertThat(scraped("psycache_near_copies")).isEqualTo(1);
        assertThat(scraped("psycache_near_bytes")).isBetween(400.0, 1_000.0);
        assertThat(scraped("psycache_near_look_age_seconds")).isBetween(0.0, 60.0);
        assertThat(scraped("psycache_hits_total{span_name=\"\"}")).isEqualTo(4);
    }

    @Test
    void hitsMissesAndSizesAreCountedByName() {
        PostgresCache users = cache.withSpanName("users");
        users.put("k", "value", TTL);
        users.getAll(List.of("k", "x", "y"), String.class);
        cache.get("k", String.class);

        assertThat(scraped("psycache_hits_total{span_name=\"users\"}")).isEqualTo(1);
        assertThat(scraped("psycache_misses_total{span_name=\"users\"}")).isEqualTo(2);
        assertThat(scraped("psycache_get_duration_seconds_count{span_name=\"users\"}"))
                .isEqualTo(1);
        assertThat(scraped("psycache_put_duration_seconds_count{span_name=\"users\"}"))
                .isEqualTo(1);
        assertThat(scraped("psycache_item_size_bytes_count{span_name=\"users\"}"))
                .isEqualTo(2);
        assertThat(scraped("psycache_item_size_bytes_sum{span_name=\"users\"}")).isEqualTo(2 * sizeOf("k"));
        assertThat(scraped("psycache_hits_total{span_name=\"\"}")).isEqualTo(1);
    }

    private long sizeOf(String key) {
        return database.queryForLong("select pg_column_size(value) from psycache where key = '" + key + "'");
    }

    @Test
    void bucketsAreThoseOfPythonPsycache() {
        cache.withSpanName("users").get("k", String.class);
        cache.remove("k");
        cache.flush();

        List<String> durations = List.of(
                "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5",
                "10.0", "+Inf");
        assertThat(bucketsOf("psycache_get_duration_seconds", "span_name=\"users\","))
                .isEqualTo(durations);
        assertThat(bucketsOf("psycache_put_duration_seconds", "span_name=\"users\","))
                .isEqualTo(durations);
        assertThat(bucketsOf("psycache_remove_duration_seconds", "")).isEqualTo(durations);
        assertThat(bucketsOf("psycache_flush_duration_seconds", "")).isEqualTo(durations);
        assertThat(bucketsOf("psycache_item_size_bytes", "span_name=\"users\","))
                .containsExactly(
                        "64.0", "256.0", "1024.0", "4096.0", "16384.0", "65536.0", "262144.0", "1048576.0", "+Inf");
        assertThat(bucketsOf("psycache_flushed_entries", ""))
                .containsExactly("1.0", "5.0", "10.0", "25.0", "50.0", "100.0", "250.0", "500.0", "1000.0", "+Inf");
    }

    @Test
    void flushesAndRemovalsAreTimed() {
        cache.putAll(Map.of("a", 1, "b", 2, "c", 3), TTL);
        cache.remove("a");
        cache.flush();

        assertThat(scraped("psycache_remove_duration_seconds_count")).isEqualTo(1);
        assertThat(scraped("psycache_flush_duration_seconds_count")).isEqualTo(1);
        assertThat(scraped("psycache_flushed_entries_count")).isEqualTo(1);
        assertThat(scraped("psycache_flushed_entries_sum")).isEqualTo(2);
    }

    @Test
    void cleanupTellsWhatItDidAndWhatIsLeft() {
        assertThat(scraped("psycache_cleanup_last_run_timestamp_seconds")).isZero();
        cache.region("users").put("a", "v", String.class, TTL);
        cache.put("b", "v", TTL);
        cache.put("gone", "v", Duration.ofNanos(1));
        cache.invalidateTags("t");
        cache.cleanupExpired();

        assertThat(scraped("psycache_cleanup_last_run_timestamp_seconds"))
                .isBetween(System.currentTimeMillis() / 1e3 - 60, System.currentTimeMillis() / 1e3 + 1);
        assertThat(scraped("psycache_cleanup_deleted_entries")).isEqualTo(1);
        assertThat(scraped("psycache_log_entries"))
                .as("the tag, and the key of the expired entry")
                .isEqualTo(2);
        assertThat(scraped("psycache_entries{cache=\"users\"}")).isEqualTo(1);
        assertThat(scraped("psycache_entries{cache=\"\"}")).isEqualTo(1);
        assertThat(scraped("psycache_entries_size_bytes{cache=\"users\"}")).isEqualTo(sizeOf("a"));

        cache.flush();
        cache.cleanupExpired();
        assertThat(registry.scrape()).doesNotContain("psycache_entries{");
    }

    @Test
    void errorsAreCountedByOperation() {
        database.execute("drop table psycache");

        assertThatThrownBy(() -> cache.get("k", String.class)).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> cache.put("k", 1, TTL)).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> cache.remove("k")).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> cache.flush()).isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> cache.cleanupExpired()).isInstanceOf(DataAccessException.class);

        for (String operation : List.of("get", "put", "remove", "flush", "cleanup")) {
            assertThat(scraped("psycache_errors_total{exception=\"BadSqlGrammarException\",operation=\"" + operation
                            + "\"}"))
                    .isEqualTo(1);
        }
        assertThat(scraped("psycache_get_duration_seconds_count{span_name=\"\"}"))
                .isEqualTo(1);
    }

    @Test
    void expiredValuesOfFailedLoadsAreCounted() {
        PostgresCache users = database.closing(PostgresCache.builder(database.dataSource())
                        .instrumentations(List.of(new MicrometerInstrumentation(registry)))
                        .options(CacheOptions.none().staleIfError(TTL))
                        .build())
                .withSpanName("users");
        users.put("k", "v", TTL);
        database.execute("update psycache set expires_at = statement_timestamp() - interval '1 second'");
        users.getOrLoad("k", String.class, () -> {
            throw new IllegalStateException();
        });
        assertThat(scraped("psycache_stale_served_total{span_name=\"users\"}")).isEqualTo(1);
    }

    @Test
    void fencedAndDroppedPutsAreCounted() {
        cache.withSpanName("users").getOrLoad("k", String.class, () -> {
            cache.remove("k");
            return "v";
        });
        await().until(() -> scraped("psycache_puts_fenced_total{span_name=\"users\"}") == 1);
        assertThat(scraped("psycache_puts_dropped_total")).isZero();

        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()))
                .executeWithoutResult(transaction -> {
                    cache.put("k", 1, TTL);
                    cache.close();
                });
        assertThat(scraped("psycache_puts_dropped_total")).isEqualTo(1);
        assertThat(scraped("psycache_put_duration_seconds_count{span_name=\"\"}"))
                .isEqualTo(1);
    }

    @Test
    void aQueuedPutIsTimedAndItsSizeIsCountedWhenItIsStored() {
        MicrometerInstrumentation instrumentation = new MicrometerInstrumentation(registry);
        try (Span put = instrumentation.startSpan(Operation.PUT, List.of("k"), "users")) {
            put.recordQueued(30);
        }
        assertThat(scraped("psycache_put_duration_seconds_count{span_name=\"users\"}"))
                .isEqualTo(1);
        assertThat(scraped("psycache_item_size_bytes_count{span_name=\"users\"}"))
                .isZero();

        try (Span deferred = instrumentation.startDeferredPutSpan(List.of("k"), "users")) {
            deferred.recordStored(28);
        }
        assertThat(scraped("psycache_put_duration_seconds_count{span_name=\"users\"}"))
                .isEqualTo(1);
        assertThat(scraped("psycache_item_size_bytes_sum{span_name=\"users\"}")).isEqualTo(28);
    }
}

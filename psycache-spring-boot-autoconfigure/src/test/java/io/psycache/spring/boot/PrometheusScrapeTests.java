package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testsupport.TestDatabase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Prometheus gets from an application with Boot's actuator, over HTTP. */
class PrometheusScrapeTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final ActuatorApplication application = database.closing(ActuatorApplication.start(database));
    private List<String> scrape;

    @BeforeEach
    void start() {
        Workload.run(application);
        scrape = application.get("prometheus").lines().toList();
    }

    private double valueOf(String series) {
        return scrape.stream()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series + " in\n" + String.join("\n", scrape)));
    }

    private List<String> bucketsOf(String name, String labels) {
        String start = name + "_bucket{" + labels + "le=\"";
        return scrape.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length(), line.indexOf('"', start.length())))
                .toList();
    }

    @Test
    void theTenMetersOfPythonPsycacheAreThereWithRightValues() {
        assertThat(scrape)
                .contains(
                        "psycache_hits_total{span_name=\"users\"} 1.0",
                        "psycache_misses_total{span_name=\"users\"} 2.0",
                        "psycache_get_duration_seconds_count{span_name=\"users\"} 3",
                        "psycache_put_duration_seconds_count{span_name=\"users\"} 6",
                        "psycache_remove_duration_seconds_count 2",
                        "psycache_flush_duration_seconds_count 2",
                        "psycache_item_size_bytes_count{span_name=\"users\"} 5",
                        "psycache_flushed_entries_count 2",
                        "psycache_flushed_entries_sum 1.0",
                        "psycache_cleanup_deleted_entries 1.0")
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
                        "# TYPE psycache_cleanup_deleted_entries gauge");
        assertThat(valueOf("psycache_get_duration_seconds_sum{span_name=\"users\"}"))
                .isBetween(1e-6, 60.0);
        assertThat(valueOf("psycache_cleanup_last_run_timestamp_seconds"))
                .isBetween(Instant.now().getEpochSecond() - 600.0, Instant.now().getEpochSecond() + 1.0);
    }

    @Test
    void theHistogramsHaveTheBucketsOfPythonPsycache() {
        List<String> durations = List.of(
                "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5",
                "10.0", "+Inf");
        assertThat(bucketsOf("psycache_get_duration_seconds", "span_name=\"users\","))
                .isEqualTo(durations);
        assertThat(bucketsOf("psycache_flush_duration_seconds", "")).isEqualTo(durations);
        assertThat(bucketsOf("psycache_item_size_bytes", "span_name=\"users\","))
                .containsExactly(
                        "64.0", "256.0", "1024.0", "4096.0", "16384.0", "65536.0", "262144.0", "1048576.0", "+Inf");
    }

    @Test
    void copiesAreMeasured() {
        assertThat(scrape)
                .contains(
                        "# TYPE psycache_near_hits_total counter",
                        "# TYPE psycache_near_looks_total counter",
                        "# TYPE psycache_near_look_callers_total counter",
                        "# TYPE psycache_near_look_rows_total counter",
                        "# TYPE psycache_near_floors_total counter",
                        "# TYPE psycache_near_copies gauge",
                        "# TYPE psycache_near_bytes gauge",
                        "# TYPE psycache_near_look_age_seconds gauge");
        assertThat(valueOf("psycache_near_copies")).isPositive();
        assertThat(valueOf("psycache_near_bytes")).isPositive();
    }

    @Test
    void whatGoesBeyondThemIsThereToo() {
        assertThat(scrape)
                .contains(
                        "psycache_errors_total{exception=\"CacheValueException\",operation=\"put\"} 1.0",
                        "psycache_puts_fenced_total{span_name=\"users\"} 1.0",
                        "psycache_stale_served_total{span_name=\"users\"} 0.0",
                        "psycache_puts_dropped_total 0.0",
                        "psycache_puts_skipped_total{reason=\"transaction-has-written\",span_name=\"prices\"} 1.0",
                        "psycache_refreshes_total{reason=\"stale\",result=\"stored\",span_name=\"prices\"} 1.0",
                        "psycache_batch_size_keys_count{operation=\"get\"} 6",
                        "psycache_batch_size_keys_sum{operation=\"get\"} 6.0",
                        "psycache_lane_wait_seconds_count{operation=\"get\"} 6",
                        "psycache_entries{cache=\"orders\"} 1.0",
                        "psycache_entries{cache=\"\"} 1.0")
                .contains(
                        "cache_gets_total{cache=\"orders\",cache_manager=\"cacheManager\",name=\"orders\",result=\"miss\"} 1.0",
                        "cache_puts_total{cache=\"orders\",cache_manager=\"cacheManager\",name=\"orders\"} 1.0",
                        "cache_size{cache=\"orders\",cache_manager=\"cacheManager\",name=\"orders\"} 1.0")
                .anyMatch(line -> line.startsWith("psycache_operations_seconds_count{")
                        && line.contains("psycache_operation=\"get\"")
                        && line.contains("psycache_outcome=\"hit\""));
        assertThat(valueOf("psycache_entries_size_bytes{cache=\"orders\"}")).isPositive();
        assertThat(valueOf("psycache_log_entries")).isPositive();
        assertThat(scrape).noneMatch(line -> line.contains("\"text\"") || line.contains("orders::"));
    }
}

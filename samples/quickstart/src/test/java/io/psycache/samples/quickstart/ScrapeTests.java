package io.psycache.samples.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What Prometheus gets from the sample over HTTP. */
class ScrapeTests extends AbstractQuickstartTests {

    private static final Pattern SAMPLE = Pattern.compile("^([a-z]\\S*(?:\\{.*})?) (\\S+)$", Pattern.MULTILINE);
    private static final String REPORTS = "{span_name=\"reports\"}";
    private static final String OTHERS = "{span_name=\"\"}";

    @Autowired
    PostgresCache cache;

    @Test
    void tenMetersOfPythonPsycacheCountWhatTheApplicationDoes() {
        Map<String, Double> before = scrape();
        Instant start = Instant.now();

        loadReport(); // a miss, and a put
        loadReport(); // a hit
        loadReport(); // a hit
        cache.put("kept", List.of(1, 2, 3));
        cache.remove("kept");
        cache.remove("missing");
        cache.put("flushed", "value");
        long flushed = cache.flush();
        cache.put("ended", "value", Duration.ofNanos(1));
        long deleted = cache.cleanupExpired();

        Map<String, Double> after = scrape();
        Map<String, Double> grown = new HashMap<>(after);
        before.forEach((series, value) -> grown.merge(series, -value, Double::sum));
        assertThat(grown)
                .containsEntry("psycache_hits_total" + REPORTS, 2.0)
                .containsEntry("psycache_misses_total" + REPORTS, 1.0)
                .containsEntry("psycache_get_duration_seconds_count" + REPORTS, 3.0)
                .containsEntry("psycache_put_duration_seconds_count" + REPORTS, 1.0)
                .containsEntry("psycache_put_duration_seconds_count" + OTHERS, 3.0 + 3) // with the counts of views
                .containsEntry("psycache_item_size_bytes_count" + REPORTS, 3.0)
                .containsEntry("psycache_remove_duration_seconds_count", 2.0)
                .containsEntry("psycache_flush_duration_seconds_count", 1.0)
                .containsEntry("psycache_flushed_entries_count", 1.0)
                .containsEntry("psycache_flushed_entries_sum", (double) flushed);
        assertThat(flushed).as("a report, the views, flushed").isGreaterThanOrEqualTo(3);
        assertThat(deleted).as("the one that had ended").isPositive();
        assertThat(after).containsEntry("psycache_cleanup_deleted_entries", (double) deleted);
        assertThat(after.get("psycache_cleanup_last_run_timestamp_seconds"))
                .isBetween(start.getEpochSecond() - 1.0, Instant.now().getEpochSecond() + 1.0);
        assertThat(grown.get("psycache_get_duration_seconds_sum" + REPORTS)).isBetween(1e-6, 60.0);
    }

    @Test
    void endpointsOfOperatorsAnswer() {
        assertThat(get("health")).contains("\"psycache\":{", "\"status\":\"UP\"");
        assertThat(get("caches")).contains("\"reports\"");
        assertThat(get("psycache")).contains("\"name\":\"reports\"", "\"settings\"");
    }

    private void loadReport() {
        http.get().uri("/api/report").retrieve().toBodilessEntity();
    }

    private String get(String endpoint) {
        return requireNonNull(
                http.get().uri("/actuator/{endpoint}", endpoint).retrieve().body(String.class));
    }

    /** Series with their labels, to their values. */
    private Map<String, Double> scrape() {
        Map<String, Double> samples = new HashMap<>();
        SAMPLE.matcher(get("prometheus"))
                .results()
                .forEach(sample -> samples.put(sample.group(1), Double.valueOf(sample.group(2))));
        return samples;
    }
}

package io.psycache.samples.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.samples.quickstart.Call.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

class QuickstartTests extends AbstractQuickstartTests {

    @Test
    void secondCallIsAHitWithTheSameReport() {
        ResponseEntity<List<ReportRow>> first = report();
        ResponseEntity<List<ReportRow>> second = report();

        assertThat(outcome(first)).isEqualTo("miss");
        assertThat(outcome(second)).isEqualTo("hit");
        assertThat(second.getBody()).isEqualTo(first.getBody()).hasSize(20);
    }

    @Test
    void everyThresholdHasItsOwnReport() {
        report();

        assertThat(outcome(report(60))).isEqualTo("miss");
        assertThat(outcome(report(60))).isEqualTo("hit");
        assertThat(outcome(report())).isEqualTo("hit");
    }

    @Test
    void hitDoesNotRunTheQuery() {
        List<ReportRow> before = report().getBody();

        behindTheCache("update flight set delay = delay + 10000");
        try {
            assertThat(report().getBody()).isEqualTo(before);
        } finally {
            behindTheCache("update flight set delay = delay - 10000");
        }
    }

    @Test
    void changingARowEvictsTheReportsMadeOfIt() {
        report();
        long id = someFlight();

        Flight changed = correct(id, 7).toEntity(Flight.class).getBody();

        assertThat(changed).extracting(Flight::id, Flight::delay).containsExactly(id, 7);
        assertThat(outcome(report())).isEqualTo("miss");
        assertThat(outcome(report())).isEqualTo("hit");
    }

    @Test
    void clearedReportIsComputedAnew() {
        report();

        http.delete().uri("/api/cache").retrieve().toBodilessEntity();

        assertThat(rows()).noneMatch(row -> row.valid() && isReport(row));
        assertThat(outcome(report())).isEqualTo("miss");
    }

    @Test
    void callsTellHitFromMiss() {
        report();
        report();

        List<Call> calls = get("/api/calls", new ParameterizedTypeReference<>() {});

        assertThat(calls.subList(0, 2)).extracting(Call::outcome).containsExactly(Outcome.HIT, Outcome.MISS);
        assertThat(calls.get(0).millis()).isLessThan(calls.get(1).millis() / 10);
        assertThat(calls).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void cachedReportIsCleanJsonInTheTable() {
        List<ReportRow> report = requireNonNull(report().getBody());

        CacheTable.Row row = validReport();
        String origin = jdbc.sql("select value->0->>'origin' from psycache where key = ?")
                .param(row.key())
                .query(String.class)
                .single();
        List<String> fields = jdbc.sql("select jsonb_object_keys(value->0) from psycache where key = ?")
                .param(row.key())
                .query(String.class)
                .list();
        String json = jdbc.sql("select value::text from psycache where key = ?")
                .param(row.key())
                .query(String.class)
                .single();

        assertThat(origin).isEqualTo(report.get(0).origin());
        assertThat(fields)
                .containsExactlyInAnyOrder(
                        "origin",
                        "originCity",
                        "destination",
                        "destinationCity",
                        "flights",
                        "late",
                        "rush",
                        "quiet",
                        "streak",
                        "medianDelay",
                        "worstTenth",
                        "bestHour");
        assertThat(json).doesNotContain("class", "io.psycache", "java.");
    }

    @Test
    void rowShowsTtlAndSize() {
        report();

        CacheTable.Row row = validReport();

        assertThat(row.ttl()).isBetween(3500L, 3600L);
        assertThat(row.size()).isBetween(100, 10_000);
        assertThat(row.json()).startsWith("[{").hasSize(400);
        assertThat(row.shortened()).isTrue();
    }

    @Test
    void viewsAreCounted() {
        long before = views(report());

        assertThat(views(report())).isEqualTo(before + 1);
    }

    @Test
    void aReportIsThereWithoutTheTablesOfTheCache() {
        behindTheCache("alter table psycache rename to psycache_gone");
        try {
            ResponseEntity<List<ReportRow>> report = report();

            assertThat(outcome(report)).isEqualTo("uncached");
            assertThat(report.getBody()).hasSize(20);
            assertThat(report.getHeaders().getFirst("X-Views")).isNull();
        } finally {
            behindTheCache("alter table psycache_gone rename to psycache");
        }
    }

    @Test
    void flightsAreLoadedOnce(@Autowired FlightLoader loader) {
        loader.afterPropertiesSet();

        assertThat(jdbc.sql("select count(*) from flight").query(Long.class).single())
                .isEqualTo(228_738);
    }

    @Test
    void badArgumentsAreRefused() {
        assertThat(status("/api/report?late=-1")).isEqualTo(400);
        assertThat(status("/api/report?late=soon")).isEqualTo(400);
        assertThat(status(correct(someFlight(), 100_000))).isEqualTo(400);
        assertThat(status(correct(-1, 5))).isEqualTo(404);
    }

    private ResponseEntity<List<ReportRow>> report() {
        return report(15);
    }

    private ResponseEntity<List<ReportRow>> report(int late) {
        return http.get()
                .uri("/api/report?late={late}", late)
                .retrieve()
                .toEntity(new ParameterizedTypeReference<>() {});
    }

    private static String outcome(ResponseEntity<?> response) {
        return requireNonNull(response.getHeaders().getFirst("X-Cache"));
    }

    private static long views(ResponseEntity<?> response) {
        return Long.parseLong(requireNonNull(response.getHeaders().getFirst("X-Views")));
    }

    private RestClient.ResponseSpec correct(long id, int delay) {
        return anyStatus(http.post().uri("/api/flights/{id}", id).body(Map.of("delay", delay)));
    }

    private int status(String path) {
        return status(anyStatus(http.get().uri(path)));
    }

    private static int status(RestClient.ResponseSpec response) {
        return response.toBodilessEntity().getStatusCode().value();
    }

    private static RestClient.ResponseSpec anyStatus(RestClient.RequestHeadersSpec<?> request) {
        return request.retrieve().onStatus(status -> true, (asked, answered) -> {});
    }

    private <T> T get(String path, ParameterizedTypeReference<T> type) {
        return requireNonNull(http.get().uri(path).retrieve().body(type));
    }

    private List<CacheTable.Row> rows() {
        return get("/api/cache", new ParameterizedTypeReference<>() {});
    }

    private CacheTable.Row validReport() {
        return rows().stream()
                .filter(row -> row.valid() && isReport(row))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isReport(CacheTable.Row row) {
        return row.json().startsWith("[");
    }

    private long someFlight() {
        return jdbc.sql("select min(id) from flight").query(Long.class).single();
    }

    private void behindTheCache(String sql) {
        jdbc.sql(sql).update();
    }
}

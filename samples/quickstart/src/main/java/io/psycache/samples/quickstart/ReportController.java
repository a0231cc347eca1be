package io.psycache.samples.quickstart;

import io.psycache.PostgresCache;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The application: the report, and the flights it is made of. */
@RestController
@RequestMapping("/api")
class ReportController {

    private static final Logger LOG = LoggerFactory.getLogger(ReportController.class);

    private final FlightService flights;
    private final CallLog calls;
    private final PostgresCache cache;

    ReportController(FlightService flights, CallLog calls, PostgresCache cache) {
        this.flights = flights;
        this.calls = calls;
        this.cache = cache;
    }

    /** @param late a flight is late if it was more than so many minutes late */
    @GetMapping("/report")
    ResponseEntity<List<ReportRow>> report(@RequestParam(defaultValue = "15") int late) {
        requireBetween("late", late, 0, 600);
        var answer = calls.record("late=" + late, () -> flights.worstRoutes(late));
        ResponseEntity.BodyBuilder response = ResponseEntity.ok();
        countView().ifPresent(views -> response.header("X-Views", Long.toString(views)));
        return response.header("X-Cache", answer.call().outcome().name().toLowerCase(Locale.ROOT))
                .header(
                        "Server-Timing",
                        String.format(
                                Locale.ROOT, "report;dur=%.1f", answer.call().millis()))
                .body(answer.value());
    }

    /** One view more. That it can't be counted is no reason to refuse the report. */
    private OptionalLong countView() {
        try {
            return OptionalLong.of(cache.increment("report-views", 1, Duration.ofDays(1)));
        } catch (DataAccessException e) { // the cache in code fails where @Cacheable misses
            LOG.warn("A view was not counted: {}", e.getMessage());
            return OptionalLong.empty();
        }
    }

    @GetMapping("/flights")
    List<Flight> flights() {
        return flights.mostDelayed();
    }

    @PostMapping("/flights/{id}")
    Flight correct(@PathVariable long id, @RequestBody Correction correction) {
        requireBetween("delay", correction.delay(), -120, 2880);
        return flights.correctDelay(id, correction.delay())
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no flight " + id + "."));
    }

    private static void requireBetween(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "%s is %d, but must be %d to %d.".formatted(name, value, least, most));
        }
    }

    /** The true delay of a flight, in minutes. */
    record Correction(int delay) {}
}

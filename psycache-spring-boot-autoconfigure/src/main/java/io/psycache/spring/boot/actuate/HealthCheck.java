package io.psycache.spring.boot.actuate;

import io.psycache.CacheInspection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether the cache is usable, in the words of Spring Boot's health.
 *
 * @param details the table and the circuit breaker, and if it is not usable the reason
 */
record HealthCheck(String status, Map<String, String> details) {

    /** It takes no longer than {@code psycache.timeout}. */
    static HealthCheck of(CacheInspection inspection) {
        Map<String, String> details = new LinkedHashMap<>();
        try {
            inspection.check();
        } catch (RuntimeException e) { // a pool that can't connect has exceptions of its own
            details.put("reason", String.valueOf(e.getMessage()));
        }
        String schema = inspection.settings().schema();
        String status = details.isEmpty() ? "UP" : "DOWN";
        details.put("breaker", inspection.breaker().isOpen() ? "open" : "closed");
        details.put(
                "table",
                (schema.isEmpty() ? "" : schema + ".") + inspection.settings().table());
        return new HealthCheck(status, details);
    }
}

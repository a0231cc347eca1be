package io.psycache.spring.boot.actuate;

import io.psycache.CacheInspection;
import org.jspecify.annotations.Nullable;

/** Whether the cache is usable. */
record HealthCheck(CacheInspection inspection) {

    /** Why it is not, in words; null where it is. It takes no longer than {@code psycache.timeout}. */
    @Nullable String problem() {
        try {
            inspection.check();
            return null;
        } catch (
                RuntimeException e) { // it is what the health says; a pool that can't connect has exceptions of its own
            return String.valueOf(e.getMessage());
        }
    }

    String table() {
        String schema = inspection.settings().schema();
        return (schema.isEmpty() ? "" : schema + ".") + inspection.settings().table();
    }
}

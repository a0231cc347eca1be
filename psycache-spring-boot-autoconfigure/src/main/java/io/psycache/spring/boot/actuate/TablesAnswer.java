package io.psycache.spring.boot.actuate;

import io.psycache.CacheInspection;
import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.spring.boot.actuate.CacheDescriptor.ContentsDescriptor;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.dao.DataAccessException;

/**
 * What the tables said.
 *
 * @param contents null where there is a problem
 * @param lastCleanup null also before the first one
 * @param problem why they could not be asked; null where they could
 */
record TablesAnswer(
        @Nullable TableContents contents,
        @Nullable String lastCleanup,
        @Nullable String problem) {

    static TablesAnswer of(CacheInspection inspection) {
        String problem = new HealthCheck(inspection).problem();
        return problem == null ? asked(inspection) : new TablesAnswer(null, null, problem);
    }

    private static TablesAnswer asked(CacheInspection inspection) {
        try {
            String lastCleanup = inspection.lastCleanup().map(Instant::toString).orElse(null);
            return new TablesAnswer(inspection.contents(), lastCleanup, null);
        } catch (
                DataAccessException
                        e) { // a large table may be slow to sample; what this process knows is shown all the same
            return new TablesAnswer(null, null, String.valueOf(e.getMessage()));
        }
    }

    @Nullable Long logEntries() {
        return contents == null ? null : contents.logEntries();
    }

    Map<String, ContentsDescriptor> regions() {
        Map<String, ContentsDescriptor> regions = new TreeMap<>();
        if (contents != null) {
            for (CacheContents region : contents.caches()) {
                regions.put(region.cache(), ContentsDescriptor.of(region));
            }
        }
        return regions;
    }

    @Nullable ContentsDescriptor of(Cache cache) {
        return contents == null
                ? null
                : regions().getOrDefault(CacheDescriptor.regionOf(cache), ContentsDescriptor.NOTHING);
    }
}

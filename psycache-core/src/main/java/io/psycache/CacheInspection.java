package io.psycache;

import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.store.ContentsStore;
import java.time.Instant;
import java.util.Optional;

/**
 * What operators ask about a cache. No answer contains a value. Each takes a connection of its own and has the timeout of the
 * cache; one that does not come in time is a {@link org.springframework.dao.QueryTimeoutException}. Thread-safe.
 */
public final class CacheInspection {
    private final ContentsStore store;

    CacheInspection(ContentsStore store) {
        this.store = store;
    }

    /** What the tables hold, at a cost that does not grow with them. */
    public TableContents contents() {
        return new TableContents(
                store.entries().stream()
                        .map(cache -> new CacheContents(cache.name(), cache.rows(), cache.bytes()))
                        .toList(),
                store.invalidations());
    }

    /** When the last cleanup of the tables ended, on whatever node; empty before the first one, and after a crash of the server. */
    public Optional<Instant> lastCleanup() {
        return store.lastCleanup();
    }
}

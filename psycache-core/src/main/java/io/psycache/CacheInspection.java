package io.psycache;

import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.internal.store.maintenance.ContentsStore;
import io.psycache.internal.store.schema.SchemaException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What operators ask about a cache. No answer contains a value. Each takes a connection of its own and has the timeout of the
 * cache; one that does not come in time is a {@link org.springframework.dao.QueryTimeoutException}. Thread-safe.
 */
public final class CacheInspection {
    private final ContentsStore store;
    private final Requests requests;
    private final CacheSettings settings;

    CacheInspection(ContentsStore store, Requests requests, CacheSettings settings) {
        this.store = store;
        this.requests = requests;
        this.settings = settings;
    }

    public CacheSettings settings() {
        return settings;
    }

    /**
     * Checks that the four tables can be reached and have the right shape, on the way that a get takes, so that it also fails
     * where that is blocked.
     *
     * @throws PsycacheSchemaException if a table is missing, has another shape, or may not be used
     * @throws org.springframework.dao.DataAccessException if the database can't be reached, or does not answer in time
     */
    public void check() {
        try {
            requests.<Boolean>alone().call((inTime, log) -> {
                store.check();
                return true;
            });
        } catch (SchemaException e) {
            throw PsycacheSchemaException.of(e);
        }
    }

    /** What the tables hold, at a cost that does not grow with them. */
    public TableContents contents() {
        return new TableContents(
                store.entries().stream()
                        .map(cache -> new CacheContents(cache.name(), cache.rows(), cache.expired(), cache.bytes()))
                        .toList(),
                store.invalidations());
    }

    /** When the last cleanup of the tables ended, on whatever node; empty before the first one, and after a crash of the server. */
    public Optional<Instant> lastCleanup() {
        return store.lastCleanup();
    }

    /**
     * Some keys of a region that have not expired, in no order; of a large table those of a random sample. Keys of more than
     * 1,024 bytes are in their shortened form. Where keys are hashed these are the hashes.
     *
     * @param limit the most keys
     */
    public List<String> keys(String region, int limit) {
        List<String> keys = store.keys(Arguments.text(region, "region"), Arguments.positive(limit, "limit"));
        return keys.stream().map(settings.shownKeys()::of).toList();
    }
}

package io.psycache.spring;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.testsupport.ClosingExtension;
import io.psycache.testsupport.TestDatabase;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/** A schema with the tables, the cache on it, and a manager over that, which close after the test. */
public final class CacheFixture extends ClosingExtension {
    public final TestDatabase database = closing(TestDatabase.create(PsycacheSchema::create));
    public final PostgresCache cache;
    public final PostgresCacheManager manager;

    public CacheFixture() {
        this(UnaryOperator.identity());
    }

    public CacheFixture(UnaryOperator<PostgresCacheManager.Builder> settings) {
        cache = closing(PostgresCache.builder(database.dataSource()).build());
        manager = settings.apply(PostgresCacheManager.builder(cache).trustedPackages(List.of("io.psycache.spring")))
                .build();
    }

    /** Until what was loaded under {@code key} before is stored: a lookup of the key waits for it. */
    public void awaitStored(String key) {
        cache.exists(key);
    }

    public Cache cache(String name) {
        return cache(manager, name);
    }

    public static Cache cache(PostgresCacheManager manager, String name) {
        Cache found = manager.getCache(name);
        if (found == null) {
            throw new IllegalArgumentException("no cache " + name);
        }
        return found;
    }

    public PostgresCacheStatistics statistics(String cacheName) {
        PostgresCacheStatistics statistics = manager.getStatistics(cacheName);
        if (statistics == null) {
            throw new IllegalArgumentException("no cache " + cacheName);
        }
        return statistics;
    }

    /** Lets every statement on the entries fail until {@link #repair()}. */
    public void breakTable() {
        database.execute("alter table psycache rename to psycache_broken");
    }

    public void repair() {
        database.execute("alter table psycache_broken rename to psycache");
    }

    /** What the table has of an entry; it waits for a loaded value that is stored behind its caller. */
    public @Nullable String column(String column, String key) {
        awaitStored(key);
        return database.queryForString(
                "select " + column + " from psycache where key = '" + key.replace("'", "''") + "'");
    }
}

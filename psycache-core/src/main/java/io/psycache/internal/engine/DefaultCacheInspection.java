package io.psycache.internal.engine;

import io.psycache.CacheInspection;
import io.psycache.CacheSettings;
import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.instrumentation.TableContents;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backends;
import io.psycache.internal.entry.ShownKeys;
import io.psycache.internal.near.LogFollower;
import io.psycache.internal.near.NearCopies;
import io.psycache.internal.store.maintenance.ContentsStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inspection of the tables that a cache has.
 *
 * @param copies null = there are none
 */
record DefaultCacheInspection(
        ContentsStore store,
        Backends backends,
        @Nullable NearCopies copies,
        CacheSettings settings,
        ShownKeys shownKeys)
        implements CacheInspection {

    @Override
    public void check() {
        backends.onLane(store::check);
    }

    @Override
    public TableContents contents() {
        return new TableContents(
                store.entries().stream()
                        .map(cache -> new TableContents.CacheContents(
                                cache.name(), cache.rows(), cache.expired(), cache.bytes()))
                        .toList(),
                store.invalidations());
    }

    @Override
    public NearStatistics near() {
        LogFollower follower = backends.follower();
        if (copies == null || follower == null) {
            return new NearStatistics(0, 0, 0, 0, 0, 0, null, 0, 0);
        }
        long age = follower.age();
        return new NearStatistics(
                copies.hits(),
                follower.looks(),
                follower.callers(),
                follower.rows(),
                copies.count(),
                copies.bytes(),
                age < 0 ? null : Duration.ofNanos(age),
                follower.floors(),
                settings.nearMaximumSize());
    }

    @Override
    public BreakerState breaker() {
        return backends.breaker();
    }

    @Override
    public Optional<Instant> lastCleanup() {
        return store.lastCleanup();
    }

    @Override
    public List<String> keys(String region, int limit) {
        List<String> keys = store.keys(Arguments.text(region, "region"), Arguments.positive(limit, "limit"));
        return keys.stream().map(shownKeys::of).toList();
    }
}

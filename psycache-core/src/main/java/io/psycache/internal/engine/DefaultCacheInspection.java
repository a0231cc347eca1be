package io.psycache.internal.engine;

import io.psycache.CacheInspection;
import io.psycache.CacheSettings;
import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backends;
import io.psycache.internal.entry.ShownKeys;
import io.psycache.internal.near.LogFollower;
import io.psycache.internal.near.NearCopies;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.maintenance.ContentsStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
        Map<String, CacheContents> byCache = new TreeMap<>();
        store.entries().forEach(cache -> {
            String name = Tags.withoutPartition(cache.name());
            byCache.merge(
                    name, new CacheContents(name, cache.rows(), cache.expired(), cache.bytes()), RoutedInspection::sum);
        });
        return new TableContents(List.copyOf(byCache.values()), store.invalidations());
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
                copies.maximumSize());
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

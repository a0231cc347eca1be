package io.psycache.internal.engine;

import io.psycache.CacheInspection;
import io.psycache.CacheSettings;
import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The inspection of a cache with several databases.
 *
 * @param each those of the databases that this process has used
 */
record RoutedInspection(CacheSettings settings, Supplier<List<CacheInspection>> each) implements CacheInspection {

    private Stream<CacheInspection> used() {
        return each.get().stream();
    }

    @Override
    public void check() {
        RuntimeException failure = null;
        for (CacheInspection one : each.get()) {
            try {
                one.check();
            } catch (RuntimeException e) { // the others are checked too
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public TableContents contents() {
        Map<String, CacheContents> byCache = new TreeMap<>();
        long logEntries = 0;
        for (TableContents contents : used().map(CacheInspection::contents).toList()) {
            contents.caches().forEach(cache -> byCache.merge(cache.cache(), cache, RoutedInspection::sum));
            logEntries += contents.logEntries();
        }
        return new TableContents(List.copyOf(byCache.values()), logEntries);
    }

    static CacheContents sum(CacheContents one, CacheContents other) {
        return new CacheContents(
                one.cache(),
                one.entries() + other.entries(),
                one.expired() + other.expired(),
                one.bytes() + other.bytes());
    }

    @Override
    public NearStatistics near() {
        return used().map(CacheInspection::near)
                .reduce(RoutedInspection::sum)
                .orElse(new NearStatistics(0, 0, 0, 0, 0, 0, null, 0, 0));
    }

    private static NearStatistics sum(NearStatistics one, NearStatistics other) {
        return new NearStatistics(
                one.hits() + other.hits(),
                one.looks() + other.looks(),
                one.lookCallers() + other.lookCallers(),
                one.lookRows() + other.lookRows(),
                one.copies() + other.copies(),
                one.bytes() + other.bytes(),
                Stream.of(one, other)
                        .map(NearStatistics::lookAge)
                        .filter(Objects::nonNull)
                        .max(Duration::compareTo)
                        .orElse(null),
                one.floors() + other.floors(),
                one.maximumSize() + other.maximumSize());
    }

    /** One that is open, if there is any. */
    @Override
    public BreakerState breaker() {
        List<BreakerState> states = used().map(CacheInspection::breaker).toList();
        return states.stream()
                .filter(BreakerState::isOpen)
                .findFirst()
                .orElseGet(() -> states.isEmpty() ? new BreakerState(false, Instant.now(), null) : states.get(0));
    }

    /** The oldest of them. */
    @Override
    public Optional<Instant> lastCleanup() {
        return used().map(CacheInspection::lastCleanup)
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    @Override
    public List<String> keys(String region, int limit) {
        return used().map(inspection -> inspection.keys(region, limit))
                .flatMap(Collection::stream)
                .limit(limit)
                .toList();
    }
}

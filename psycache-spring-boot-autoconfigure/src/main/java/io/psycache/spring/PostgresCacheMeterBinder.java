package io.psycache.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.psycache.CacheRegion;
import io.psycache.instrumentation.micrometer.MicrometerInstrumentation;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * The meters that Micrometer has for every kind of cache, {@code cache.gets}, {@code cache.puts}, {@code cache.evictions} and
 * {@code cache.size}, of one cache of a {@link PostgresCacheManager}. The size is that after the last cleanup of this process.
 */
public final class PostgresCacheMeterBinder extends CacheMeterBinder<PostgresCacheManager> {
    private final String cacheName;
    private final String regionName;
    private final MicrometerInstrumentation instrumentation;

    /**
     * @param cache of {@code manager}
     * @param instrumentation an observer of the manager's {@link io.psycache.PostgresCache}
     */
    public PostgresCacheMeterBinder(
            PostgresCacheManager manager, Cache cache, Iterable<Tag> tags, MicrometerInstrumentation instrumentation) {
        super(manager, cache.getName(), tags);
        this.cacheName = cache.getName();
        this.regionName = ((CacheRegion) cache.getNativeCache()).name();
        this.instrumentation = instrumentation;
    }

    @Override
    protected Long size() {
        return instrumentation.entries(regionName);
    }

    @Override
    protected long hitCount() {
        return count(PostgresCacheStatistics::getHits);
    }

    @Override
    protected @Nullable Long missCount() {
        return count(PostgresCacheStatistics::getMisses);
    }

    @Override
    protected @Nullable Long evictionCount() {
        return count(PostgresCacheStatistics::getEvictions);
    }

    @Override
    protected long putCount() {
        return count(PostgresCacheStatistics::getPuts);
    }

    private long count(ToLongFunction<PostgresCacheStatistics> counter) {
        PostgresCacheManager manager = getCache();
        PostgresCacheStatistics statistics = manager == null ? null : manager.getStatistics(cacheName);
        return statistics == null ? 0 : counter.applyAsLong(statistics);
    }

    @Override
    protected void bindImplementationSpecificMetrics(MeterRegistry registry) {}
}

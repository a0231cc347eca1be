package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Gauges of the last cleanup: what it deleted, and what the tables contain. */
final class CleanupMeters {
    private final Clock clock;
    private final Tags tags;
    private final MultiGauge entries;
    private final MultiGauge size;

    private volatile double lastRun;
    private volatile double deleted;
    private volatile TableContents contents = new TableContents(List.of(), 0);

    CleanupMeters(Meters meters) {
        MeterRegistry registry = meters.registry();
        tags = meters.tags();
        clock = registry.config().clock();
        gauge("psycache.cleanup.last.run.timestamp", cleanup -> cleanup.lastRun)
                .description("Timestamp of the last expired-entry cleanup run")
                .baseUnit("seconds")
                .register(registry);
        gauge("psycache.cleanup.deleted.entries", cleanup -> cleanup.deleted)
                .description("Number of expired entries deleted in the last cleanup run")
                .register(registry);
        gauge("psycache.log.entries", cleanup -> cleanup.contents.logEntries())
                .description("Number of entries of the invalidation log after the last cleanup run, estimated")
                .register(registry);
        entries = MultiGauge.builder("psycache.entries")
                .tags(tags)
                .description("Number of entries of a cache after the last cleanup run, estimated")
                .register(registry);
        size = MultiGauge.builder("psycache.entries.size")
                .tags(tags)
                .description("Size of the values of a cache in the table after the last cleanup run, estimated")
                .baseUnit("bytes")
                .register(registry);
    }

    private Gauge.Builder<CleanupMeters> gauge(String name, ToDoubleFunction<CleanupMeters> value) {
        return Gauge.builder(name, this, value).tags(tags).strongReference(true);
    }

    void deleted(long count) {
        deleted = count;
        lastRun = clock.wallTime() / (double) TimeUnit.SECONDS.toMillis(1);
    }

    void found(TableContents found) {
        contents = found;
        register(entries, found, CacheContents::entries);
        register(size, found, CacheContents::bytes);
    }

    long entries(String cache) {
        return contents.caches().stream()
                .filter(known -> known.cache().equals(cache))
                .mapToLong(CacheContents::entries)
                .sum();
    }

    private static void register(MultiGauge gauge, TableContents contents, ToLongFunction<CacheContents> value) {
        gauge.register(
                contents.caches().stream()
                        .map(cache -> Row.of(Tags.of("cache", cache.cache()), value.applyAsLong(cache)))
                        .toList(),
                true);
    }
}

package io.psycache.spring;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinderCompatibilityKit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.instrumentation.micrometer.MicrometerInstrumentation;
import io.psycache.testsupport.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Micrometer's own kit. */
class PostgresCacheMeterBinderTests extends CacheMeterBinderCompatibilityKit<PostgresCacheManager> {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final MicrometerInstrumentation instrumentation = new MicrometerInstrumentation(new SimpleMeterRegistry());
    private final PostgresCache store = database.closing(PostgresCache.builder(database.dataSource())
            .instrumentations(List.of(instrumentation))
            .build());

    @Override
    public PostgresCacheManager createCache() {
        return PostgresCacheManager.builder(store)
                .defaults(PostgresCacheConfiguration.defaults().keyPrefix("shop:"))
                .build();
    }

    @Override
    public CacheMeterBinder<PostgresCacheManager> binder() {
        return new PostgresCacheMeterBinder(cache, cache.getCache("mycache"), Tags.empty(), instrumentation);
    }

    @Override
    public void put(String key, String value) {
        cache.getCache("mycache").put(key, value);
        store.cleanupExpired(); // the size is that after the last one
    }

    @Override
    public String get(String key) {
        return cache.getCache("mycache").get(key, String.class);
    }
}

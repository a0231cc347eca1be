package io.psycache.spring.boot.instrumentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.micrometer.CacheObservationContext;
import io.psycache.instrumentation.micrometer.CacheObservationConvention;
import io.psycache.instrumentation.micrometer.DefaultCacheObservationConvention;
import io.psycache.instrumentation.micrometer.MicrometerInstrumentation;
import io.psycache.instrumentation.micrometer.ObservationInstrumentation;
import io.psycache.instrumentation.sentry.SentryInstrumentation;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.boot.BootClasses;
import io.psycache.testsupport.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who observes the cache: when, and when not. */
class InstrumentationAutoConfigurationTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private ApplicationContextRunner runner;
    private ApplicationContextRunner observed;

    @BeforeEach
    void configure() {
        runner = BootClasses.runner()
                .withBean(DataSource.class, database::unpooled)
                .withPropertyValues("psycache.cleanup.enabled=false");
        observed = runner.withBean(MeterRegistry.class, () -> meters)
                .withBean(ObservationRegistry.class, ObservationRegistry::create);
    }

    @Test
    void metersCountWhereThereIsARegistry() {
        observed.run(context -> {
            context.getBean(PostgresCache.class).withSpanName("users").get("k", String.class);
            assertThat(meters.get("psycache.misses")
                            .tag("span_name", "users")
                            .counter()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void cachesHaveMetersAlsoThoseMadeOnDemandAndAfterAReset() {
        observed.withPropertyValues("psycache.caches.declared.ttl=1m", "psycache.key-prefix=shop:")
                .run(context -> {
                    PostgresCacheManager manager = context.getBean(PostgresCacheManager.class);
                    assertThat(cacheMeter("cache.gets", "declared", "result", "miss"))
                            .isZero();

                    manager.getCache("users").put("k", 1);
                    manager.getCache("users").get("k");
                    context.getBean(PostgresCache.class).cleanupExpired();
                    assertThat(cacheMeter("cache.puts", "users")).isEqualTo(1);
                    assertThat(cacheMeter("cache.gets", "users", "result", "hit"))
                            .isEqualTo(1);
                    assertThat(cacheMeter("cache.size", "users")).isEqualTo(1);

                    manager.resetCaches();
                    assertThat(cacheMeter("cache.evictions", "users")).isZero();
                    manager.getCache("users").evict("k");
                    assertThat(cacheMeter("cache.evictions", "users")).isEqualTo(1);
                });
    }

    /** The tags are those of Boot's own meters of caches. */
    private double cacheMeter(String name, String cache, String... more) {
        Tags tags = Tags.of("cache", cache, "name", cache, "cache.manager", "cacheManager")
                .and(more);
        return meters.get(name).tags(tags).meter().measure().iterator().next().getValue();
    }

    @Test
    void aManagerOfTheApplicationsOwnHasMetersToo() {
        observed.withUserConfiguration(OwnManager.class).run(context -> {
            context.getBean("shopCacheManager", CacheManager.class)
                    .getCache("users")
                    .get("k");
            assertThat(meters.get("cache.gets").tag("cache.manager", "shop").meters())
                    .hasSize(2);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnManager {

        @Bean
        PostgresCacheManager shopCacheManager(PostgresCache cache) {
            return PostgresCacheManager.builder(cache).build();
        }
    }

    @Test
    void observersCanBeTurnedOff() {
        observed.run(context -> assertThat(context)
                .hasSingleBean(MicrometerInstrumentation.class)
                .hasSingleBean(ObservationInstrumentation.class)
                .hasSingleBean(SentryInstrumentation.class));
        observed.withPropertyValues(
                        "psycache.metrics.enabled=false",
                        "psycache.observations.enabled=false",
                        "psycache.sentry.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PostgresCache.class)
                        .doesNotHaveBean(CacheInstrumentation.class)
                        .doesNotHaveBean(InstrumentationConfigurations.CacheMetersPostProcessor.class));
        observed.withPropertyValues("psycache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(CacheInstrumentation.class));
    }

    @Test
    void nobodyObservesWithoutRegistriesOrLibraries() {
        runner.run(context -> assertThat(context)
                .doesNotHaveBean(MicrometerInstrumentation.class)
                .doesNotHaveBean(ObservationInstrumentation.class)
                .hasSingleBean(SentryInstrumentation.class));
        runner.withClassLoader(new FilteredClassLoader("io.micrometer.core", "io.sentry"))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(CacheInstrumentation.class);
                    context.getBean(PostgresCache.class).put("k", 1);
                });
    }

    @Test
    void sentryDoesNotTraceWhatItTracesItself() {
        observed.withPropertyValues("sentry.enable-cache-tracing=true")
                .run(context -> assertThat(context).doesNotHaveBean(SentryInstrumentation.class));
        observed.withPropertyValues("sentry.enable-cache-tracing=false")
                .run(context -> assertThat(context).hasSingleBean(SentryInstrumentation.class));
    }

    @Test
    void observersOfTheApplicationsOwnReplaceOurs() {
        MicrometerInstrumentation own = new MicrometerInstrumentation(new SimpleMeterRegistry());
        observed.withBean(MicrometerInstrumentation.class, () -> own)
                .run(context -> assertThat(context)
                        .getBean(MicrometerInstrumentation.class)
                        .isSameAs(own));
    }

    @Test
    void aConventionBeanNamesTheObservations() {
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<CacheObservationContext>() {
            @Override
            public void onStop(CacheObservationContext context) {
                names.add(context.getName());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof CacheObservationContext;
            }
        });
        runner.withBean(ObservationRegistry.class, () -> registry)
                .withBean(CacheObservationConvention.class, () -> new DefaultCacheObservationConvention() {
                    @Override
                    public String getName() {
                        return "mine";
                    }
                })
                .run(context -> {
                    context.getBean(PostgresCache.class).get("k", String.class);
                    assertThat(names).containsExactly("mine");
                });
    }

    @Test
    void keysAreHashedOnRequest() {
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        CacheInstrumentation recorder = new CacheInstrumentation() {
            @Override
            public Span startSpan(Operation operation, List<String> asked, String spanName) {
                keys.addAll(asked);
                return CacheInstrumentation.super.startSpan(operation, asked, spanName);
            }
        };
        runner.withBean(CacheInstrumentation.class, () -> recorder)
                .withPropertyValues("psycache.hash-keys=true")
                .run(context -> context.getBean(PostgresCache.class).get("abc", String.class));
        assertThat(keys).containsExactly("ba7816bf8f01cfea");
    }
}

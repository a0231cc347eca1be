package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheOptions;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** Annotated methods whose values are loaded again in the background. */
@ExtendWith(OutputCaptureExtension.class)
class RefreshedMethodTests {
    private static final PostgresCacheConfiguration STALE = PostgresCacheConfiguration.defaults()
            .options(CacheOptions.none().staleWhileRevalidate(Duration.ofMinutes(5)));

    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture(manager -> manager.cache("stale", STALE));

    private final AnnotationConfigApplicationContext context =
            fixture.closing(new AnnotationConfigApplicationContext());

    RefreshedMethodTests() {
        context.registerBean(CacheManager.class, () -> fixture.manager);
        context.registerBean(DeclaredTypeCacheConfigurer.class, DeclaredTypeCacheConfigurer::new);
        context.register(Caching.class, Numbers.class);
        context.refresh();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    static class Numbers {
        private final AtomicInteger calls = new AtomicInteger();

        @Cacheable(cacheNames = "stale", key = "'sync'", sync = true)
        public int sync() {
            return calls.incrementAndGet();
        }

        @Cacheable(cacheNames = "stale", key = "'future'", sync = true)
        public CompletableFuture<Integer> future() {
            return CompletableFuture.completedFuture(calls.incrementAndGet());
        }

        @Cacheable(cacheNames = "stale", key = "'mono'", sync = true)
        public Mono<Integer> mono() {
            return Mono.fromSupplier(calls::incrementAndGet);
        }

        @Cacheable(cacheNames = "stale", key = "'plain'")
        public int plain() {
            return calls.incrementAndGet();
        }
    }

    private Numbers numbers() {
        return context.getBean(Numbers.class);
    }

    private void timeEnds() {
        await().until(() -> fixture.database.queryForLong("select count(*) from psycache") > 0);
        fixture.database.execute("update psycache set expires_at = statement_timestamp() - interval '1 second'");
    }

    /** The statistics tell the hit of the caller from the put in the background. */
    private void isRefreshed(Supplier<Integer> method) {
        assertThat(method.get()).isEqualTo(1);
        timeEnds();
        assertThat(method.get()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(method.get()).isEqualTo(2));
        PostgresCacheStatistics statistics = fixture.statistics("stale");
        await().untilAsserted(() -> assertThat(statistics.getPuts()).isEqualTo(2));
        assertThat(Map.of("misses", statistics.getMisses(), "skipped", statistics.getSkippedPuts()))
                .isEqualTo(Map.of("misses", 1L, "skipped", 0L));
    }

    @Test
    void aSynchronizedMethodIsCalledInTheBackground() {
        isRefreshed(numbers()::sync);
    }

    @Test
    void aFutureIsLoadedInTheBackground() {
        isRefreshed(() -> numbers().future().join());
    }

    @Test
    void aMonoIsLoadedInTheBackground() {
        isRefreshed(() -> numbers().mono().block());
    }

    @Test
    void ofAnotherMethodTheCallerLoadsAndTheLogSaysSoOnce(CapturedOutput output) {
        assertThat(numbers().plain()).isEqualTo(1);
        timeEnds();
        assertThat(numbers().plain()).isEqualTo(2);
        assertThat(output.getOut()).containsOnlyOnce("Cache 'stale' has settings that need a loader");
    }

    @Test
    void aCacheWithoutTheSettingIsThatOfThePostgresCache() {
        assertThat(PostgresCacheConfiguration.defaults().needsLoaders()).isFalse();
        assertThat(PostgresCacheConfiguration.defaults()
                        .options(CacheOptions.none().earlyRefresh(1.0))
                        .needsLoaders())
                .isTrue();
        assertThat(PostgresCacheConfiguration.defaults()
                        .options(CacheOptions.none().staleIfError(Duration.ofHours(1)))
                        .needsLoaders())
                .isTrue();
        assertThat(STALE.options(CacheOptions.none().staleWhileRevalidate(Duration.ZERO))
                        .needsLoaders())
                .isFalse();
    }
}

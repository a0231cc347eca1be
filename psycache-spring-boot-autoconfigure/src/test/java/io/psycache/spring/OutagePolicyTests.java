package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheUnavailableException;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.instrumentation.SkipReason;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.testsupport.FaultyNetwork;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.QueryTimeoutException;

/** Spring's cache while the circuit breaker is open, under either failure policy. */
class OutagePolicyTests {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final FaultyNetwork network = database.newNetwork();
    private final PostgresCache cache = database.closing(
            PostgresCache.builder(database.newPool(network, 5)).timeout(TIMEOUT).build());
    private final PostgresCacheManager manager = PostgresCacheManager.builder(cache)
            .cache("propagating", PostgresCacheConfiguration.defaults().failurePolicy(FailurePolicy.PROPAGATE))
            .build();
    private final Cache missing = CacheFixture.cache(manager, "missing");
    private final Cache propagating = CacheFixture.cache(manager, "propagating");

    /** What an application writes. */
    static class Catalog {

        @Cacheable("missing")
        public String found(String key) {
            return "loaded";
        }

        @CachePut("missing")
        public String changed(String key) {
            return "new";
        }
    }

    @Configuration
    @EnableCaching(proxyTargetClass = true)
    static class Caching {}

    @BeforeEach
    void open() {
        missing.put("k", "old");
        network.cut();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            missing.get("absent");
            return isOpen();
        });
    }

    @AfterEach
    void heal() {
        network.heal();
    }

    private boolean isOpen() {
        return cache.inspection().breaker().isOpen();
    }

    private static <T> @Nullable T of(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void getsAreMisses() throws Exception {
        long failures = manager.getStatistics("missing").getFailures().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(missing.get("k")).isNull();
        assertThat(missing.get("k", () -> "loaded")).isEqualTo("loaded");
        assertThat(of(missing.retrieve("k"))).isNull();
        assertThat(of(missing.retrieve("k", () -> CompletableFuture.completedFuture("loaded"))))
                .isEqualTo("loaded");
        assertThat(manager.getStatistics("missing").getFailures().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .as("nothing was tried, and nothing has failed")
                .isEqualTo(failures);
    }

    @Test
    void getsFailAtOnceWhereFailuresPropagate() {
        long began = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            assertThatExceptionOfType(CacheUnavailableException.class)
                    .isThrownBy(() -> propagating.get("k"))
                    .withMessageContaining("Cache 'propagating'");
            assertThatExceptionOfType(CacheUnavailableException.class)
                    .isThrownBy(() -> propagating.get("k", () -> "loaded"));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> of(propagating.retrieve("k")))
                    .withCauseInstanceOf(CacheUnavailableException.class);
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> of(propagating.retrieve("k", () -> CompletableFuture.completedFuture("loaded"))))
                    .withCauseInstanceOf(CacheUnavailableException.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TIMEOUT.multipliedBy(8));
    }

    @Test
    void aPutEvictsAndItsFailurePropagatesUnderEitherPolicy() {
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> missing.put("k", "new"));
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> propagating.put("k", "new"));
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> missing.evict("k"));
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(missing::clear);
        assertThatExceptionOfType(CacheUnavailableException.class).isThrownBy(() -> missing.putIfAbsent("k", "new"));
    }

    @Test
    void cachedMethodsAreCalledAndWhatChangesAValueFails() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(Caching.class, Catalog.class, DeclaredTypeCacheConfigurer.class);
            context.registerBean(CacheManager.class, () -> manager);
            context.refresh();
            Catalog catalog = context.getBean(Catalog.class);

            assertThat(catalog.found("k")).isEqualTo("loaded");
            assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> catalog.changed("k"));
        }
    }

    @Test
    void theValueFromBeforeIsThereAfterwards() {
        network.heal();
        await().atMost(Duration.ofSeconds(30)).until(() -> !isOpen());
        await().untilAsserted(() -> assertThat(missing.get("k", String.class)).isEqualTo("old"));
        assertThat(SkipReason.BREAKER_OPEN.tag()).isEqualTo("breaker-open");
    }
}

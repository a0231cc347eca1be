package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchException;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheOptions;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import reactor.core.publisher.Mono;

/** Annotated methods that fail, and whose expired values are returned instead. */
@ExtendWith(OutputCaptureExtension.class)
class FailedMethodTests {
    private static final PostgresCacheConfiguration KEPT =
            PostgresCacheConfiguration.defaults().options(CacheOptions.none().staleIfError(Duration.ofMinutes(5)));

    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture(manager -> manager.cache("prices", KEPT));

    private final AnnotationConfigApplicationContext context =
            fixture.closing(new AnnotationConfigApplicationContext());

    FailedMethodTests() {
        context.registerBean(CacheManager.class, () -> fixture.manager);
        context.registerBean(DeclaredTypeCacheConfigurer.class, DeclaredTypeCacheConfigurer::new);
        context.register(Caching.class, Shop.class);
        context.refresh();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    static class Shop {
        private boolean closed;

        public void close() {
            closed = true;
        }

        private int answer() {
            if (closed) {
                throw new IllegalStateException("the shop does not answer");
            }
            return 7;
        }

        @Cacheable(cacheNames = "prices", key = "'sync'", sync = true)
        public int sync() {
            return answer();
        }

        @Cacheable(cacheNames = "prices", key = "'future'", sync = true)
        public CompletableFuture<Integer> future() {
            return CompletableFuture.supplyAsync(this::answer);
        }

        @Cacheable(cacheNames = "prices", key = "'mono'", sync = true)
        public Mono<Integer> mono() {
            return Mono.fromSupplier(this::answer);
        }

        @Cacheable(cacheNames = "prices", key = "'plain'")
        public int plain() {
            return answer();
        }

        @CacheEvict(cacheNames = "prices", allEntries = true)
        public void reprice() {}
    }

    private Shop shop() {
        return context.getBean(Shop.class);
    }

    private void fails(Supplier<Integer> method) {
        assertThat(method.get()).isEqualTo(7);
        await().until(() -> fixture.database.queryForLong("select count(*) from psycache") > 0);
        fixture.database.execute("update psycache set expires_at = statement_timestamp() - interval '1 second'");
        shop().close();
    }

    private void isServed(Supplier<Integer> method) {
        fails(method);
        assertThat(method.get()).isEqualTo(7);
        assertThat(fixture.statistics("prices").getHits()).isEqualTo(1);
        shop().reprice();
        assertThat(NestedExceptionUtils.getMostSpecificCause(catchException(method::get)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the shop does not answer");
    }

    @Test
    void ofASynchronizedMethodTheExpiredValueIsReturned() {
        isServed(shop()::sync);
    }

    @Test
    void ofAFutureTheExpiredValueIsReturned() {
        isServed(() -> shop().future().join());
    }

    @Test
    void ofAMonoTheExpiredValueIsReturned() {
        isServed(() -> shop().mono().block());
    }

    @Test
    void ofAnotherMethodTheFailurePropagatesAndTheLogSaysSoOnce(CapturedOutput output) {
        fails(shop()::plain);
        assertThatIllegalStateException().isThrownBy(shop()::plain);
        assertThat(output.getOut()).containsOnlyOnce("Cache 'prices' has settings that need a loader");
    }
}

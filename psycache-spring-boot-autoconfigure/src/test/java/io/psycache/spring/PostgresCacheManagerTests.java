package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresCacheManagerTests {
    private static final PostgresCacheConfiguration DEFAULTS = PostgresCacheConfiguration.defaults();

    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture(settings -> settings.cache("declared", DEFAULTS));

    @Test
    void aKeyConverterOfACacheMakesItsKeys() {
        try (CacheFixture shop = new CacheFixture(settings ->
                settings.cache("books", DEFAULTS.keyConverter(StringBuilder.class, isbn -> "isbn " + isbn)))) {
            shop.cache("books").put(new StringBuilder("1"), "one");
            assertThat(shop.cache("books").get(new StringBuilder("1"), String.class))
                    .isEqualTo("one");
        }
    }

    @Test
    void aDeclaredCacheIsThereFromTheStart() {
        assertThat(fixture.manager.getCacheNames()).containsExactly("declared");
        assertThat(fixture.manager.getCache("declared")).isSameAs(fixture.manager.getCache("declared"));
    }

    @Test
    void anotherCacheIsMadeOnDemand() {
        assertThat(fixture.manager.getStatistics("more")).isNull();
        assertThat(fixture.manager.getCache("more")).isNotNull();
        assertThat(fixture.manager.getCacheNames()).containsExactly("declared", "more");
    }

    @Test
    void aStaticManagerKnowsItsDeclaredCachesOnly() {
        PostgresCacheManager manager = PostgresCacheManager.builder(fixture.cache)
                .cache("declared", DEFAULTS)
                .dynamic(false)
                .build();

        assertThat(manager.getCache("more")).isNull();
        assertThat(manager.getCacheNames()).containsExactly("declared");
    }

    @Test
    void resetCachesClearsAllAndForgetsThoseMadeOnDemand() {
        fixture.cache("declared").put(1, "a");
        fixture.cache("more").put(1, "b");
        fixture.manager.resetCaches();
        assertThat(fixture.manager.getCacheNames()).containsExactly("declared");
        assertThat(fixture.cache("declared").get(1)).isNull();
        assertThat(fixture.cache("more").get(1)).isNull();
    }

    @Test
    void aListenerIsToldEveryCacheAndOneThatFailsBreaksNothing() {
        List<String> told = new ArrayList<>();
        fixture.manager.onCache(cache -> {
            throw new IllegalStateException("broken listener");
        });
        fixture.manager.onCache(cache -> told.add(cache.getName()));
        fixture.manager.getCache("more");
        fixture.manager.getCache("more");
        assertThat(told).containsExactly("declared", "more");
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.entryTtl(Duration.ZERO))
                .withMessageContaining(
                        "entryTtl must be positive but is PT0S; use null for an entry that never expires");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.ttlJitter(1.1))
                .withMessageContaining("ttlJitter must be from 0 to 1 but is 1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.ttlJitter(Double.NaN))
                .withMessageContaining("ttlJitter");
        assertThatIllegalArgumentException().isThrownBy(() -> fixture.manager.getCache(""));
    }

    @Test
    void settersReturnCopies() {
        PostgresCacheConfiguration changed =
                DEFAULTS.entryTtl(null).ttlJitter(0.1).keyPrefix("p").cacheNullValues(false);
        assertThat(DEFAULTS.entryTtl()).isEqualTo(Duration.ofHours(1));
        assertThat(DEFAULTS.keyPrefix()).isEmpty();
        assertThat(changed.entryTtl()).isNull();
        assertThat(changed.ttlJitter()).isEqualTo(0.1);
        assertThat(changed.keyPrefix()).isEqualTo("p");
        assertThat(changed.cacheNullValues()).isFalse();
    }
}

package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.CacheOptions;
import io.psycache.CacheOptions.NearCopy;
import io.psycache.CacheOptions.SerializableReads;
import io.psycache.spring.FailurePolicy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class PsycachePropertiesTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Enabled.class);

    @Test
    void defaultsAreThoseOfTheDocumentation() {
        runner.run(context -> {
            PsycacheProperties bound = context.getBean(PsycacheProperties.class);
            assertThat(bound.enabled()).isTrue();
            assertThat(bound.schema()).isEmpty();
            assertThat(bound.table()).isEqualTo("psycache");
            assertThat(bound.initializeSchema()).isEqualTo(SchemaInitialization.ALWAYS);
            assertThat(bound.keyPrefix()).isEmpty();
            assertThat(bound.defaultTtl()).isEqualTo(new TimeToLive(Duration.ofHours(1)));
            assertThat(bound.ttlJitter()).isZero();
            assertThat(bound.cacheNullValues()).isTrue();
            assertThat(bound.caches()).isEmpty();
            assertThat(bound.lanes()).isEqualTo(2);
            assertThat(bound.maxBatch()).isEqualTo(100);
            assertThat(bound.timeout()).hasMillis(500);
            assertThat(bound.lease()).hasSeconds(10);
            assertThat(bound.staleWhileRevalidate()).isZero();
            assertThat(bound.staleIfError()).isZero();
            assertThat(bound.earlyRefresh()).isZero();
            assertThat(bound.failurePolicy()).isEqualTo(FailurePolicy.MISS);
            assertThat(bound.logRetention()).hasMinutes(5);
            assertThat(bound.near()).isEqualTo(new PsycacheProperties.Near(null, Duration.ZERO, NearCopy.AUTO));
            assertThat(bound.transaction().adviceOrder()).isEqualTo(AdviceOrder.MANAGED);
            assertThat(bound.transaction().serializable()).isEqualTo(SerializableReads.BYPASS);
            assertThat(bound.cleanup().enabled()).isTrue();
            assertThat(bound.cleanup().interval()).hasMinutes(5);
            assertThat(bound.cleanup().batchSize()).isEqualTo(1_000);
            assertThat(bound.hashKeys()).isFalse();
            assertThat(bound.metrics().enabled()).isTrue();
            assertThat(bound.observations().enabled()).isTrue();
            assertThat(bound.sentry().enabled()).isTrue();
            assertThat(bound.endpoint().showKeys()).isFalse();
        });
    }

    @Test
    void everyPropertyIsBound() {
        runner.withPropertyValues(
                        "psycache.enabled=false",
                        "psycache.schema=app",
                        "psycache.table=cache",
                        "psycache.initialize-schema=never",
                        "psycache.key-prefix=shop:",
                        "psycache.default-ttl=10m",
                        "psycache.ttl-jitter=0.1",
                        "psycache.cache-null-values=false",
                        "psycache.caches.users.ttl=never",
                        "psycache.caches.users.ttl-jitter=0.5",
                        "psycache.caches.users.cache-null-values=true",
                        "psycache.caches.users.failure-policy=propagate",
                        "psycache.caches.users.key-prefix=u:",
                        "psycache.caches.users.lease=1m",
                        "psycache.caches.users.stale-while-revalidate=3m",
                        "psycache.caches.users.stale-if-error=4m",
                        "psycache.caches.users.early-refresh=0.5",
                        "psycache.caches.users.near.max-staleness=20ms",
                        "psycache.caches.users.near.copy=auto",
                        "psycache.caches.users.transaction.serializable=bypass",
                        "psycache.lanes=3",
                        "psycache.max-batch=50",
                        "psycache.timeout=1s",
                        "psycache.lease=0",
                        "psycache.stale-while-revalidate=5m",
                        "psycache.stale-if-error=1h",
                        "psycache.early-refresh=2",
                        "psycache.failure-policy=propagate",
                        "psycache.log-retention=10m",
                        "psycache.near.maximum-size=64MB",
                        "psycache.near.max-staleness=50ms",
                        "psycache.near.copy=always",
                        "psycache.transaction.advice-order=spring",
                        "psycache.transaction.serializable=join",
                        "psycache.cleanup.enabled=false",
                        "psycache.cleanup.interval=30s",
                        "psycache.cleanup.batch-size=10",
                        "psycache.hash-keys=true",
                        "psycache.metrics.enabled=false",
                        "psycache.observations.enabled=false",
                        "psycache.sentry.enabled=false",
                        "psycache.endpoint.show-keys=true")
                .run(context -> {
                    PsycacheProperties bound = context.getBean(PsycacheProperties.class);
                    assertThat(bound.enabled()).isFalse();
                    assertThat(bound.schema()).isEqualTo("app");
                    assertThat(bound.table()).isEqualTo("cache");
                    assertThat(bound.initializeSchema()).isEqualTo(SchemaInitialization.NEVER);
                    assertThat(bound.keyPrefix()).isEqualTo("shop:");
                    assertThat(bound.defaultTtl()).isEqualTo(new TimeToLive(Duration.ofMinutes(10)));
                    assertThat(bound.ttlJitter()).isEqualTo(0.1);
                    assertThat(bound.cacheNullValues()).isFalse();
                    assertThat(bound.caches())
                            .containsExactly(Map.entry(
                                    "users",
                                    new PsycacheProperties.Cache(
                                            new TimeToLive(null),
                                            0.5,
                                            true,
                                            FailurePolicy.PROPAGATE,
                                            "u:",
                                            Duration.ofMinutes(1),
                                            Duration.ofMinutes(3),
                                            Duration.ofMinutes(4),
                                            0.5,
                                            new PsycacheProperties.CacheNear(Duration.ofMillis(20), NearCopy.AUTO),
                                            new PsycacheProperties.CacheTransaction(SerializableReads.BYPASS))));
                    assertThat(bound.lanes()).isEqualTo(3);
                    assertThat(bound.maxBatch()).isEqualTo(50);
                    assertThat(bound.timeout()).hasSeconds(1);
                    assertThat(bound.lease()).isZero();
                    assertThat(bound.staleWhileRevalidate()).hasMinutes(5);
                    assertThat(bound.staleIfError()).hasHours(1);
                    assertThat(bound.earlyRefresh()).isEqualTo(2);
                    assertThat(bound.failurePolicy()).isEqualTo(FailurePolicy.PROPAGATE);
                    assertThat(bound.logRetention()).hasMinutes(10);
                    assertThat(bound.near())
                            .isEqualTo(new PsycacheProperties.Near(
                                    DataSize.ofMegabytes(64), Duration.ofMillis(50), NearCopy.ALWAYS));
                    assertThat(bound.transaction().adviceOrder()).isEqualTo(AdviceOrder.SPRING);
                    assertThat(bound.transaction().serializable()).isEqualTo(SerializableReads.JOIN);
                    assertThat(bound.cleanup().enabled()).isFalse();
                    assertThat(bound.cleanup().interval()).hasSeconds(30);
                    assertThat(bound.cleanup().batchSize()).isEqualTo(10);
                    assertThat(bound.hashKeys()).isTrue();
                    assertThat(bound.metrics().enabled()).isFalse();
                    assertThat(bound.observations().enabled()).isFalse();
                    assertThat(bound.sentry().enabled()).isFalse();
                    assertThat(bound.endpoint().showKeys()).isTrue();
                });
    }

    @Test
    void optionsOfAllCachesAndOfOneAreTaken() {
        runner.withPropertyValues(
                        "psycache.lease=1s",
                        "psycache.stale-while-revalidate=2s",
                        "psycache.stale-if-error=3s",
                        "psycache.early-refresh=4",
                        "psycache.near.max-staleness=50ms",
                        "psycache.near.copy=always",
                        "psycache.caches.rates.near.max-staleness=1s",
                        "psycache.caches.users.stale-if-error=5s")
                .run(context -> {
                    PsycacheProperties bound = context.getBean(PsycacheProperties.class);
                    assertThat(bound.ofAllCaches().options())
                            .isEqualTo(CacheOptions.none()
                                    .lease(Duration.ofSeconds(1))
                                    .staleWhileRevalidate(Duration.ofSeconds(2))
                                    .staleIfError(Duration.ofSeconds(3))
                                    .earlyRefresh(4.0)
                                    .maxStaleness(Duration.ofMillis(50))
                                    .nearCopy(NearCopy.ALWAYS)
                                    .serializable(SerializableReads.BYPASS));
                    assertThat(bound.caches().get("users").options())
                            .isEqualTo(CacheOptions.none().staleIfError(Duration.ofSeconds(5)));
                    assertThat(bound.caches().get("rates").options())
                            .isEqualTo(CacheOptions.none().maxStaleness(Duration.ofSeconds(1)));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lanes",
                "ttl-jitter",
                "hash-keys",
                "timeout",
                "failure-policy",
                "schema",
                "cleanup.interval",
                "near.maximum-size",
                "near.max-staleness"
            })
    void anEmptyValueIsTheDefault(String name) {
        PsycacheProperties[] defaults = new PsycacheProperties[1];
        runner.run(context -> defaults[0] = context.getBean(PsycacheProperties.class));
        runner.withPropertyValues("psycache." + name + "=")
                .run(context ->
                        assertThat(context.getBean(PsycacheProperties.class)).isEqualTo(defaults[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "NEVER", " never "})
    void aTimeToLiveCanBeNever(String text) {
        assertThat(TimeToLive.valueOf(text).duration()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"90s, PT90S", "PT2H, PT2H", "1d, PT24H", "1500, PT1.5S", "' 5m ', PT5M"})
    void aTimeToLiveIsADuration(String text, Duration duration) {
        assertThat(TimeToLive.valueOf(text).duration()).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1s", "forever", ""})
    void anythingElseIsNoTimeToLive(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> TimeToLive.valueOf(text))
                .withMessageContaining("'never'");
    }

    @ParameterizedTest
    @CsvSource({
        "psycache.schema, App, must be an identifier that matches",
        "psycache.table, users; drop table users, must be an identifier that matches",
        "psycache.table, '', must be an identifier that matches",
        "psycache.key-prefix, 'a\0b', NUL",
        "psycache.ttl-jitter, 1.5, from 0 to 1",
        "psycache.ttl-jitter, NaN, from 0 to 1",
        "psycache.lanes, 0, must be positive but is 0",
        "psycache.max-batch, 0, must be positive but is 0",
        "psycache.timeout, 0s, must be positive but is PT0S",
        "psycache.lease, -1s, must be zero or more",
        "psycache.caches.users.lease, -1s, must be zero or more",
        "psycache.stale-while-revalidate, -1s, must be zero or more",
        "psycache.caches.users.stale-while-revalidate, -1s, must be zero or more",
        "psycache.stale-if-error, -1s, must be zero or more",
        "psycache.caches.users.stale-if-error, -1s, must be zero or more",
        "psycache.early-refresh, -1, 'must be from 0 to 1,000'",
        "psycache.caches.users.early-refresh, NaN, 'must be from 0 to 1,000'",
        "psycache.log-retention, -5m, must be positive but is PT-5M",
        "psycache.log-retention, 100ms, must be longer than timeout (PT0.5S)",
        "psycache.log-retention, 36501d, must not be over 100 years",
        "psycache.near.maximum-size, -1MB, must be zero or more but is -1048576",
        "psycache.near.max-staleness, -1ms, must be zero or more",
        "psycache.near.max-staleness, 301s, must not be longer than logRetention (PT5M)",
        "psycache.caches.users.near.max-staleness, -1ms, must be zero or more",
        "psycache.caches.users.near.max-staleness, 301s, must not be longer than logRetention (PT5M)",
        "psycache.cleanup.interval, 0, must be positive but is PT0S",
        "psycache.cleanup.batch-size, -1, must be positive but is -1",
        "psycache.caches.users.ttl-jitter, -0.1, from 0 to 1",
        "psycache.caches.users.key-prefix, 'a\0b', NUL"
    })
    void aValueThatBreaksARuleNamesPropertyAndRule(String property, String value, String rule) {
        runner.withPropertyValues(property + "=" + value)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContainingAll(property, rule));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(PsycacheProperties.class)
    static class Enabled {}
}

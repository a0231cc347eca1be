package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.psycache.CacheOptions.NearCopy;
import io.psycache.CacheOptions.SerializableReads;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CacheOptionsTests {
    private static final CacheCodec CODEC = CacheCodecs.detect();
    private static final CacheOptions ALL = CacheOptions.none()
            .codec(CODEC)
            .lease(Duration.ofSeconds(1))
            .staleWhileRevalidate(Duration.ofSeconds(2))
            .staleIfError(Duration.ofSeconds(4))
            .earlyRefresh(3.0)
            .maxStaleness(Duration.ofMillis(50))
            .nearCopy(NearCopy.ALWAYS)
            .serializable(SerializableReads.JOIN);

    @Test
    void nothingIsSetToBeginWith() {
        assertThat(CacheOptions.none()).isEqualTo(new CacheOptions(null, null, null, null, null, null, null, null));
    }

    @Test
    void eachOptionIsSetByACopy() {
        assertThat(ALL)
                .isEqualTo(new CacheOptions(
                        CODEC,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        3.0,
                        Duration.ofMillis(50),
                        NearCopy.ALWAYS,
                        SerializableReads.JOIN));
        assertThat(ALL.codec(null)
                        .lease(null)
                        .staleWhileRevalidate(null)
                        .staleIfError(null)
                        .earlyRefresh(null)
                        .maxStaleness(null)
                        .nearCopy(null)
                        .serializable(null))
                .isEqualTo(CacheOptions.none());
    }

    @Test
    void whatIsSetOverridesAndTheRestStays() {
        assertThat(ALL.overriddenBy(CacheOptions.none())).isEqualTo(ALL);
        assertThat(CacheOptions.none().overriddenBy(ALL)).isEqualTo(ALL);
        assertThat(CacheOptions.DEFAULTS.overriddenBy(ALL)).isEqualTo(ALL);
        assertThat(ALL.overriddenBy(CacheOptions.none().lease(Duration.ZERO).earlyRefresh(0.0)))
                .isEqualTo(ALL.lease(Duration.ZERO).earlyRefresh(0.0));
    }

    @Test
    void argumentsOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ALL.lease(Duration.ofSeconds(-1)))
                .withMessage("lease must be zero or more but is PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ALL.staleWhileRevalidate(Duration.ofDays(40_000)))
                .withMessageContaining("staleWhileRevalidate must not be over 100 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ALL.staleIfError(Duration.ofSeconds(-1)))
                .withMessage("staleIfError must be zero or more but is PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CacheOptions(null, null, null, null, Double.NaN, null, null, null))
                .withMessageContaining("earlyRefresh must be from 0 to 1,000 but is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ALL.overriddenBy(null))
                .withMessage("own must not be null");
    }
}

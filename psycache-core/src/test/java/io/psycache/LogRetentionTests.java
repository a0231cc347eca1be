package io.psycache;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class LogRetentionTests {

    private static void build(Duration logRetention, Duration timeout) {
        PostgresCache.builder(new PGSimpleDataSource())
                .logRetention(logRetention)
                .timeout(timeout)
                .build()
                .close();
    }

    @Test
    void aLogThatAPutMayOutliveIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> build(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .withMessageContaining("logRetention must be longer than timeout (PT1S)");
    }

    @Test
    void aLogThatOutlivesEveryPutIsAccepted() {
        assertThatCode(() -> build(Duration.ofMillis(1001), Duration.ofSeconds(1)))
                .doesNotThrowAnyException();
    }
}

package io.psycache.instrumentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OperationTests {

    @Test
    void tagsOfMetersAreThoseThatTheGuideLists() {
        assertThat(Arrays.stream(Operation.values()).map(Operation::tag).distinct())
                .containsExactly(
                        "get",
                        "look",
                        "put",
                        "remove",
                        "put-if-absent",
                        "exists",
                        "increment",
                        "invalidate",
                        "token",
                        "lease",
                        "release",
                        "flush",
                        "cleanup");
    }

    @Test
    void messagesSayWhatIsDoneToHowManyKeys() {
        assertThat(Operation.INCREMENT.describe(1)).isEqualTo("increment 1 key");
        assertThat(Operation.GET.describe(3)).isEqualTo("get 3 keys");
        assertThat(Operation.PUT_IF_ABSENT.describe(1)).isEqualTo("put 1 key if absent");
        assertThat(Operation.LEASE.describe(2)).isEqualTo("take the lease of 2 keys");
        assertThat(Operation.INVALIDATE.describe(1)).isEqualTo("invalidate entries");
    }
}

package io.psycache.internal.near;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of the keys read lately, with the fewest places. */
class ReadAgainTests {
    private static boolean isReadAgain(NearCopies copies, String key) {
        return copies.isAnyReadAgain(List.of(key));
    }

    @Test
    void theSecondReadIsOneAgain() {
        NearCopies copies = new NearCopies(1);
        assertThat(isReadAgain(copies, "k")).isFalse();
        assertThat(isReadAgain(copies, "k")).isTrue();
    }

    @Test
    void ofManyKeysOneIsEnough() {
        NearCopies copies = new NearCopies(1);
        isReadAgain(copies, "k");
        assertThat(copies.isAnyReadAgain(List.of("other", "k"))).isTrue();
    }

    @Test
    void keysThatAreReadInTurnsDoNotForgetEachOther() {
        for (int first = 0; first < 60; first++) {
            for (int second = first + 1; second < 60; second++) {
                NearCopies copies = new NearCopies(1);
                isReadAgain(copies, "k" + first);
                isReadAgain(copies, "k" + second);
                assertThat(isReadAgain(copies, "k" + first))
                        .as("k%d and k%d", first, second)
                        .isTrue();
            }
        }
    }

    @Test
    void whatWasReadLongAgoIsForgotten() {
        NearCopies copies = new NearCopies(1);
        isReadAgain(copies, "k");
        for (int i = 0; i < 10_000; i++) {
            isReadAgain(copies, "other " + i);
        }
        assertThat(isReadAgain(copies, "k")).isFalse();
    }
}

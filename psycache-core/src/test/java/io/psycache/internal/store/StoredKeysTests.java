package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StoredKeysTests {
    private static final String EMOJI = "😀";

    @Test
    void keyOfUpTo1024BytesIsStoredAsItIs() {
        for (String key :
                new String[] {"k", "x".repeat(1_024), "é".repeat(512), EMOJI.repeat(256), "x" + "€".repeat(341)}) {
            assertThat(StoredKeys.of(key)).isEqualTo(key);
        }
    }

    @Test
    void longerKeyIsAReadablePrefixAndItsHash() {
        for (String key :
                new String[] {"x".repeat(1_025), "é".repeat(512) + "x", EMOJI.repeat(256) + "x", "€".repeat(342)}) {
            assertThat(StoredKeys.of(key))
                    .startsWith(key.substring(0, 256))
                    .matches("(?s).{256}#sha256:[0-9a-f]{64}|.{128}#sha256:[0-9a-f]{64}");
        }
    }

    @Test
    void theHashIsTheSha256OfTheUtf8() {
        assertThat(StoredKeys.of("a".repeat(1_000_000)))
                .endsWith("#sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"); // FIPS 180-2,
        // example B.3
    }

    @Test
    void longKeysThatDifferInTheLastCharacterDiffer() {
        String prefix = "x".repeat(10_239);

        assertThat(StoredKeys.of(prefix + "a")).isNotEqualTo(StoredKeys.of(prefix + "b"));
    }

    @Test
    void thePrefixEndsWithAWholeCharacter() {
        String stored = StoredKeys.of("x" + EMOJI.repeat(1_000));

        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(stored)).isTrue();
        assertThat(stored).startsWith("x" + EMOJI.repeat(127) + "#sha256:");
    }

    @Test
    void keyThatLooksLikeAHashedOneIsNotTakenForIt() {
        for (String key : new String[] {"x".repeat(2_000), "x" + EMOJI.repeat(1_000)}) {
            String stored = StoredKeys.of(key);

            assertThat(StoredKeys.of(stored)).isNotEqualTo(stored);
        }
    }
}

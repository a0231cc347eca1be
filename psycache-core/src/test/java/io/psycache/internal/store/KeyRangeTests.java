package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeyRangeTests {
    private static final String LAST = Character.toString(0x10FFFF);
    private static final int[] BORDERS = {
        1, '%', 'a', 'b', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF
    };

    @RegisterExtension
    private static final TestDatabase database = TestDatabase.create();

    @Test
    void theRangeEndsWithTheNextCodePoint() {
        assertThat(StoredKeys.endOf("user:")).isEqualTo("user;");
        assertThat(StoredKeys.endOf("\u007f")).isEqualTo("\u0080");
        assertThat(StoredKeys.endOf("\uffff")).isEqualTo("\ud800\udc00");
        assertThat(StoredKeys.endOf("a😀")).isEqualTo("a😁");
    }

    @Test
    void surrogatesAreNoKeysSoTheRangeSkipsThem() {
        assertThat(StoredKeys.endOf("a\ud7ff")).isEqualTo("a\ue000");
    }

    @Test
    void theLastCodePointCarries() {
        assertThat(StoredKeys.endOf("a" + LAST)).isEqualTo("b");
        assertThat(StoredKeys.endOf("a" + LAST.repeat(3))).isEqualTo("b");
    }

    @Test
    void noStoredKeyIsBeyondTheRangeOfAll() throws SQLException {
        String greatest = LAST.repeat(256);

        assertThat(StoredKeys.of(greatest)).isEqualTo(greatest);
        assertThat(isWithin(greatest, "")).isTrue();
        assertThat(isWithin(greatest, LAST)).isTrue();
        assertThat(isWithin(StoredKeys.of(LAST.repeat(10_000)), LAST.repeat(2))).isTrue();
    }

    /** Against PostgreSQL's own order. The seed is in the description of a failure. */
    @Test
    void theRangeHoldsExactlyWhatStartsWithThePrefix() throws SQLException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            String prefix = text(random, random.nextInt(4));
            String key = random.nextBoolean()
                    ? prefix + text(random, random.nextInt(3))
                    : text(random, 1 + random.nextInt(4));

            assertThat(isWithin(key, prefix))
                    .as("seed %d: '%s' with prefix '%s'", seed, codePoints(key), codePoints(prefix))
                    .isEqualTo(key.startsWith(prefix));
        }
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(BORDERS[random.nextInt(BORDERS.length)]);
        }
        return text.toString();
    }

    private static List<String> codePoints(String text) {
        return text.codePoints().mapToObj(Integer::toHexString).toList();
    }

    private static boolean isWithin(String key, String prefix) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement("select r.key >= r.first and r.key < r.past"
                        + " from (select ? collate \"C\", ? collate \"C\", ? collate \"C\") as r (key, first, past)")) {
            statement.setString(1, key);
            statement.setString(2, prefix);
            statement.setString(3, StoredKeys.endOf(prefix));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }
}

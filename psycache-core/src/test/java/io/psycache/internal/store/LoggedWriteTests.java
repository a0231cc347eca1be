package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.internal.store.Put.OwnInvalidation;
import io.psycache.testsupport.TestDatabase;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggedWriteTests {
    @RegisterExtension
    private static final TestDatabase database = TestDatabase.create();

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(
            delimiter = ' ',
            value = {
                "100:100: 100", // nobody else
                "100:100: 103", // three began in between
                "98:100:98 100",
                "98:100:98,99 101",
                "90:100:90,95 100",
                "90:100:90,95 105",
                "95:100: 97", // the own id below xmax
                "95:100:96 97",
                "4294967300:4294967310:4294967300,4294967305 4294967313",
                "100:100: 1100"
            })
    void theOwnTransactionIsShownAndNothingElseThatIsNew(String snapshot, long own) {
        Set<Long> expected = new TreeSet<>(visible(snapshot, own));
        expected.add(own);

        assertThat(visible(LoggedWrite.showing(snapshot, own), own)).isEqualTo(expected);
    }

    /** What PostgreSQL sees, of all ids around the own one. */
    private static Set<Long> visible(String snapshot, long own) {
        String ids = database.queryForString("select coalesce(string_agg(xid::text, ','), '')"
                + " from generate_series(%d, %d) xid where pg_visible_in_snapshot(xid::text::xid8, '%s'::pg_snapshot)"
                        .formatted(own - 1_200 < 1 ? 1 : own - 1_200, own + 20, snapshot));
        return ids.isEmpty()
                ? Set.of()
                : new TreeSet<>(Stream.of(ids.split(",")).map(Long::valueOf).toList());
    }

    @Test
    void theOlderOfTwoSnapshotsEndsLowerOrWaitsForMore() {
        LoadToken first = new LoadToken("e", "99:100:99");
        LoadToken second = new LoadToken("e", "100:100:");
        LoadToken third = new LoadToken("e", "99:102:99,100,101");

        assertThat(first.olderOf(second)).isSameAs(first);
        assertThat(second.olderOf(first)).isSameAs(first);
        assertThat(third.olderOf(second)).isSameAs(second);
        assertThat(first.olderOf(new LoadToken("other", "1:1:")))
                .as("after a crash")
                .isNull();
    }

    @Test
    void aWideGapIsNotListed() {
        assertThat(LoggedWrite.showing("100:100:", 1_100)).isNotNull();
        assertThat(LoggedWrite.showing("100:100:", 1_101)).isNull();
        assertThat(LoggedWrite.of("e", "100:100:", new OwnInvalidation("1101", 1)))
                .isNull();
    }

    @Test
    void withoutAnEpochThereIsNoToken() {
        assertThat(LoggedWrite.of(null, "100:100:", new OwnInvalidation("100", 1)))
                .isNull();
    }

    @Test
    void theWriteShowsItsOwnTransactionAndKeepsItsRow() {
        OwnInvalidation own = new OwnInvalidation("101", 7);

        assertThat(LoggedWrite.of("e", "100:100:", own))
                .isEqualTo(new LoggedWrite(new LoadToken("e", "100:102:100"), own));
    }

    @Test
    void postgresShowsTheOwnTransactionBelowXmax() throws Exception {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            database.execute("select pg_current_xact_id()"); // a later transaction lifts xmax above the own id
            try (var rows = statement.executeQuery("select pg_current_snapshot(), pg_current_xact_id()")) {
                rows.next();
                long own = rows.getLong(2);
                assertThat(visible(rows.getString(1), own)).contains(own);
                assertThat(visible(LoggedWrite.showing(rows.getString(1), own), own))
                        .contains(own);
            }
            connection.rollback();
        }
    }
}

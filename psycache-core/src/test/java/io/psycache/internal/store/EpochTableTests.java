package io.psycache.internal.store;

import static io.psycache.internal.store.session.ConnectionTemplate.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.psycache.internal.store.schema.Schema;
import io.psycache.internal.store.session.Sessions;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;

class EpochTableTests {

    private static final String ENTRY =
            "insert into psycache (key, value, expires_at) values ('k', '1', 'infinity') on conflict do nothing";
    private static final String BLOCKED =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = '%s'";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(new Schema(new CacheTables("", "psycache"))::create);

    private final EpochTable epoch = new EpochTable(new CacheTables("", "psycache"));
    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anEpochOfThisDatabaseIsKeptAndSoAreTheEntries() throws SQLException {
        String before = epoch();
        database.execute(ENTRY);
        renew();
        assertThat(epoch()).isEqualTo(before);
        assertThat(entries()).isOne();
    }

    @Test
    void afterACrashTheTablesAreEmptiedAndANewEpochBegins() throws SQLException {
        String before = epoch();
        database.execute(ENTRY + "; insert into psycache_invalidation (tag) values ('t'); delete from psycache_epoch;"
                + "insert into psycache_lease values ('k', gen_random_uuid(), 'infinity')");
        renew();
        assertThat(epoch()).isNotEqualTo("null").isNotEqualTo(before);
        assertThat(entries()).isZero();
        assertThat(database.queryForLong("select count(*) from psycache_invalidation"))
                .isZero();
        assertThat(database.queryForLong("select count(*) from psycache_lease")).isZero();
    }

    @Test
    void aForeignOriginBeginsANewEpoch() throws SQLException {
        for (String foreign : List.of("1/2/3", "-/2/3", "", "nonsense")) {
            String before = epoch();
            database.execute(ENTRY + "; update psycache_epoch set origin = '" + foreign + "'");
            renew();
            assertThat(epoch()).as(foreign).isNotEqualTo(before);
            assertThat(entries()).as(foreign).isZero();
        }
    }

    @Test
    void anOtherSystemWithTheSameOidsIsForeign() throws SQLException {
        String before = epoch();
        database.execute("update psycache_epoch set origin = regexp_replace(origin, '^[^/]*', '42')");
        renew();
        assertThat(epoch()).isNotEqualTo(before);
    }

    @Test
    void aRoleThatMayNotReadTheSystemIdentifierKnowsTheEpochOfOneThatMay() throws SQLException {
        String before = epoch();
        database.execute(ENTRY + "; update psycache_epoch set origin = regexp_replace(origin, '^[^/]*', '-')");
        renew();
        assertThat(epoch()).isEqualTo(before);
        assertThat(entries()).isOne();
    }

    @Test
    void theOriginNamesSystemDatabaseAndTable() {
        String identifier = database.queryForString("select system_identifier from pg_control_system()");
        String oids = database.queryForString(
                "select oid || '/' || 'psycache'::regclass::oid from pg_database where datname = current_database()");
        assertThat(database.queryForString("select origin from psycache_epoch")).isEqualTo(identifier + "/" + oids);
    }

    @Test
    void manyNodesThatRenewAtOnceEndWithOneNewEpoch() throws Exception {
        String before = epoch();
        database.execute("delete from psycache_epoch");
        CyclicBarrier start = new CyclicBarrier(8);
        List<Future<String>> nodes = new ArrayList<>();
        for (int node = 0; node < 8; node++) {
            nodes.add(threads.submit(() -> {
                start.await();
                renew();
                database.execute(ENTRY);
                return epoch();
            }));
        }
        for (Future<String> node : nodes) {
            assertThat(node.get()).isEqualTo(epoch()).isNotEqualTo(before);
        }
        assertThat(entries()).isOne();
    }

    @Test
    void aNodeThatWaitedForAnotherKeepsWhatWasPutSince() throws Exception {
        database.execute("delete from psycache_epoch");
        try (Connection first = database.dataSource().getConnection()) {
            first.setAutoCommit(false);
            query(first, jdbc -> {
                epoch.prepare(jdbc);
                epoch.renewUnlessCurrent(jdbc);
                return true;
            });
            Future<?> second = threads.submit(() -> {
                renewAs("second", "repeatable read");
                return null;
            });
            await().until(() -> isBlocked("second"));
            first.createStatement().execute(ENTRY);
            first.commit();
            second.get();
        }
        assertThat(entries()).isOne();
    }

    @Test
    void putsUnderWayEndBeforeTheTablesAreEmptied() throws Exception {
        try (Connection put = database.dataSource().getConnection();
                Statement statement = put.createStatement()) {
            database.execute("update psycache_epoch set origin = 'elsewhere'");
            put.setAutoCommit(false);
            statement.execute(ENTRY);
            Future<?> renewal = threads.submit(() -> {
                renewAs("renewal", "read committed");
                return null;
            });
            await().until(() -> isBlocked("renewal"));
            put.commit();
            renewal.get();
        }
        assertThat(entries()).isZero();
    }

    @Test
    void renewingDoesNotWaitForAnOpenEviction() throws SQLException {
        database.execute("delete from psycache_epoch");
        try (Connection eviction = database.dataSource().getConnection()) {
            eviction.setAutoCommit(false);
            eviction.createStatement().execute("insert into psycache_invalidation (tag) values ('t')");
            renew();
            eviction.commit();
        }
        assertThat(epoch()).isNotEqualTo("null");
    }

    @Test
    void aGetWhoseRenewalTakesTooLongSaysSoAsAnyOther() throws SQLException {
        database.execute("delete from psycache_epoch");
        Sessions sessions = new Sessions(database.dataSource(), Duration.ofMillis(300));
        EntryReads reads = new EntryReads(new CacheTables("", "psycache"), false);
        try (Connection put = database.dataSource().getConnection()) {
            put.setAutoCommit(false);
            put.createStatement().execute(ENTRY);

            assertThatThrownBy(() -> reads.get(
                            sessions.until(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300)), List.of("absent")))
                    .isInstanceOf(QueryTimeoutException.class)
                    .hasMessage("get cache entries: PostgreSQL did not answer within psycache.timeout (300 ms)");
            put.rollback();
        }
    }

    @Test
    void aFailureIsADataAccessExceptionAndLeavesTheConnectionUsable() throws SQLException {
        database.execute("drop table psycache_epoch");
        try (Connection connection = database.dataSource().getConnection()) {
            assertThatThrownBy(() -> epoch.renew(connection))
                    .isInstanceOf(DataAccessException.class)
                    .hasMessageContaining("renew the epoch")
                    .hasRootCauseMessage("ERROR: relation \"psycache_epoch\" does not exist\n  Position: 20");
            assertThat(connection.getAutoCommit()).isTrue();
            connection.createStatement().execute("select 1");
        }
    }

    private void renew() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            epoch.renew(connection);
        }
    }

    private void renewAs(String name, String isolation) throws SQLException {
        try (Connection connection = database.unpooled().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set application_name = '" + name + "'");
            statement.execute("set default_transaction_isolation = '" + isolation + "'");
            epoch.renew(connection);
        }
    }

    private boolean isBlocked(String name) {
        return database.queryForLong(BLOCKED.formatted(name)) > 0;
    }

    private String epoch() {
        return String.valueOf(database.queryForString("select epoch from psycache_epoch"));
    }

    private long entries() {
        return database.queryForLong("select count(*) from psycache");
    }
}

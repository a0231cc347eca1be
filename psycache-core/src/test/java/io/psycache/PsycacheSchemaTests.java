package io.psycache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.psycache.PsycacheSchemaException.Reason;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
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
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

class PsycacheSchemaTests {

    /** As Python psycache makes it. */
    private static final String PYTHON_TABLE = """
            create unlogged table psycache (
                key text primary key, value jsonb not null, expires_at timestamptz not null);
            create index psycache_expires_at on psycache (expires_at);
            insert into psycache values ('old', '{"a": 1}', now() + interval '1 hour');""";

    private static final String VALID_ROWS = """
            select count(*) from psycache e where expires_at > statement_timestamp()
               and not exists (select from psycache_invalidation i where i.tag = any (e.tags || e.key)
                   and not pg_visible_in_snapshot(i.xid, e.snapshot))""";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    void createMakesUnloggedTablesAndBeginsAnEpoch() {
        create();
        assertThat(database.queryForString("""
                        select string_agg(relname || ' ' || relpersistence::text, ', ' order by relname) from pg_class
                         where relnamespace = current_schema()::regnamespace and relkind = 'r'"""))
                .isEqualTo("psycache u, psycache_epoch u, psycache_invalidation u, psycache_lease u");
        assertThat(database.queryForLong("select count(*) from psycache_epoch")).isOne();
        assertThat(
                        database.queryForString(
                                "select string_agg(option, ',') from pg_class, unnest(reloptions) option where oid = 'psycache'::regclass"))
                .isEqualTo("fillfactor=70");
        assertThat(database.queryForString("select indexdef from pg_indexes where indexname = 'psycache_tag_xid'"
                        + " and schemaname = current_schema()"))
                .endsWith("(tag, xid) WHERE (id > 0)");
        validate();
    }

    @Test
    void createMakesTheTablesInANamedSchema() {
        TestDatabase other = TestDatabase.create();
        try (other) {
            PsycacheSchema.create(database.dataSource(), other.schema(), "user_cache");
            PsycacheSchema.validate(database.dataSource(), other.schema(), "user_cache");
            assertThat(other.queryForLong("select count(*) from user_cache_epoch"))
                    .isOne();
            assertMissing(this::validate, "\"psycache\"", "\"" + database.schema() + "\"");
        }
    }

    @Test
    void createWithOnlyADataSourceMakesTheTablePsycache() {
        PsycacheSchema.create(database.dataSource());
        validate();
    }

    @Test
    void createAgainChangesNothing() {
        create();
        String before = state() + database.queryForString("select psycache_epoch::text from psycache_epoch");
        create();
        assertThat(state() + database.queryForString("select psycache_epoch::text from psycache_epoch"))
                .isEqualTo(before);
    }

    @Test
    @Timeout(20)
    void createOnACompleteSchemaWaitsForNobody() throws SQLException {
        create();
        long locked = System.nanoTime();
        try (Connection eviction = database.dataSource().getConnection();
                Statement statement = eviction.createStatement()) {
            eviction.setAutoCommit(false);
            statement.execute("insert into psycache_invalidation (tag) values ('user:1')");
            statement.execute("lock table psycache in exclusive mode");
            statement.execute("select pg_advisory_xact_lock(hashtextextended('psycache psycache', 0))");
            create();
            validate();
            eviction.rollback();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - locked)).isLessThan(Duration.ofMillis(1_900));
    }

    @Test
    void creatorsOnEightThreadsAllSucceed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CyclicBarrier start = new CyclicBarrier(8);
            List<Future<?>> creators = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                creators.add(threads.submit(() -> {
                    start.await();
                    create();
                    return null;
                }));
            }
            for (Future<?> creator : creators) {
                creator.get();
            }
        } finally {
            threads.shutdownNow();
        }
        validate();
    }

    @Test
    void aTableOfPythonPsycacheIsUpgradedInPlace() {
        database.execute(PYTHON_TABLE);
        String file = database.queryForString("select pg_relation_filenode('psycache')");
        create();
        validate();
        assertThat(database.queryForLong(VALID_ROWS)).isOne();
        assertThat(database.queryForString("select pg_relation_filenode('psycache')"))
                .as("the rows are not rewritten")
                .isEqualTo(file);
        assertThat(database.queryForLong("select count(*) from pg_indexes where indexname = 'psycache_expires_at'"
                        + " and schemaname = current_schema()"))
                .isOne();
        assertThat(database.queryForLong("select count(*) from psycache_epoch")).isOne();
    }

    @Test
    void rowsOfPythonPsycacheAreEvictedLikeOurs() {
        database.execute(PYTHON_TABLE);
        create();
        database.execute("insert into psycache_invalidation (tag) values ('old')");
        assertThat(database.queryForLong(VALID_ROWS)).isZero();
        database.execute("delete from psycache; insert into psycache (key, value, expires_at)"
                + " values ('old', '2', 'infinity') on conflict (key) do update"
                + " set value = excluded.value, expires_at = excluded.expires_at");
        assertThat(database.queryForLong(VALID_ROWS)).isOne();
    }

    @Test
    void aHalfUpgradedTableGetsWhatIsMissing() {
        database.execute(PYTHON_TABLE + "alter table psycache add column tags text[] not null default '{}'");
        create();
        validate();
        assertThat(database.queryForLong("select count(*) from psycache")).isOne();
    }

    @Test
    void entriesOfAnEpochThatLostTheirSnapshotsAreNotKept() {
        create();
        String epoch = database.queryForString("select epoch from psycache_epoch");
        database.execute("insert into psycache (key, value, expires_at) values ('k', '1', 'infinity');"
                + " alter table psycache drop column snapshot");
        create();
        validate();
        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
        assertThat(database.queryForString("select epoch from psycache_epoch")).isNotEqualTo(epoch);
    }

    @Test
    void aMissingEpochOrOneFromElsewhereEmptiesTheTables() {
        create();
        for (String cause : List.of("delete from psycache_epoch", "update psycache_epoch set origin = '1/2/3'")) {
            database.execute("insert into psycache (key, value, expires_at) values ('k', '1', 'infinity');"
                    + " insert into psycache_invalidation (tag) values ('t'); " + cause);
            create();
            assertThat(database.queryForLong("select (select count(*) from psycache)"
                            + " + (select count(*) from psycache_invalidation)"))
                    .as(cause)
                    .isZero();
            assertThat(database.queryForLong("select count(*) from psycache_epoch where origin <> '1/2/3'"))
                    .as(cause)
                    .isOne();
        }
    }

    @Test
    void aTransactionThatReadsATableToBeUpgradedIsNamedAsTheObstacle() throws SQLException {
        database.execute(PYTHON_TABLE);
        String before = state();
        try (Connection reader = database.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select * from psycache");
            assertFails(Reason.LOCKED, this::create)
                    .withMessageContainingAll(
                            "lock timeout", "pg_stat_activity", "PsycacheSchema.ddl(\"\", \"psycache\")");
            reader.rollback();
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void anUpgradeWaitsForAShortTransaction() throws Exception {
        database.execute(PYTHON_TABLE);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection reader = database.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select * from psycache");
            Future<?> upgrade = thread.submit(this::create);
            await().until(() -> database.queryForLong("select count(*) from pg_locks where not granted"
                            + " and relation = '" + database.schema() + ".psycache'::regclass")
                    > 0);
            reader.commit();
            upgrade.get();
        } finally {
            thread.shutdownNow();
        }
        validate();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            create view psycache as select 1 as key                                              | is a view
            create materialized view psycache as select 1 as key                                 | is a materialized view
            create sequence psycache                                                             | is a sequence
            create table psycache (key text) partition by hash (key)                             | is a partitioned table
            create table psycache (id int)                                                       | no column 'key' (text)
            create table psycache (key text primary key, value jsonb)                            | no column 'expires_at'
            create table psycache (key int primary key, value jsonb, expires_at timestamptz)     | column 'key' of table 'psycache' is integer, not text
            create table psycache (key text primary key, value json, expires_at timestamptz)     | is json, not jsonb
            create table psycache (key text primary key, value jsonb, expires_at timestamp)      | is timestamp without time zone
            create table psycache (key text primary key, value jsonb, expires_at timestamptz, tags text) | is text, not text[]
            create table psycache (key text, value jsonb, expires_at timestamptz)                | no primary key on column 'key'
            create table psycache (key text primary key, value jsonb, expires_at timestamptz, owner int not null) | column 'owner'
            create table psycache_invalidation (tag text)                                        | has no column 'id' (bigint)
            create table psycache_epoch (one boolean primary key, epoch uuid, origin text)       | no column 'collected'
            create table psycache_epoch (one boolean primary key, epoch uuid, origin text, collected pg_snapshot) | no column 'sample'
            create table psycache_epoch (one boolean primary key, epoch uuid, origin text, collected pg_snapshot, sample pg_snapshot, sampled_at timestamptz, swept_at timestamptz) | is not unlogged
            create table psycache_lease (key text primary key, owner text, until timestamptz)    | column 'owner' of table 'psycache_lease' is text, not uuid
            create table psycache_lease (key text, owner uuid, until timestamptz)                | no primary key on column 'key'
            create table psycache_tag_xid (a int)                                                | psycache_tag_xid
            """)
    void somethingElseUnderTheNameIsAConflict(String ddl, String difference) {
        database.execute(ddl);
        String before = state();
        assertFails(Reason.CONFLICT, this::create)
                .withMessageContainingAll(difference, "Rename or drop it", "psycache.table");
        assertThat(state()).as("nothing was changed").isEqualTo(before);
    }

    @Test
    void aPermanentTableOfEntriesAndMoreColumnsAreAccepted() {
        database.execute("create table psycache (key varchar collate \"C\", key2 text, value jsonb not null,"
                + " expires_at timestamptz not null); alter table psycache alter key type text, add primary key (key)");
        create();
        validate();
    }

    @Test
    void theIndexOfTheLogMayHaveAllRowsButNotOthersOfThem() {
        create();
        database.execute("drop index psycache_tag_xid; create index log on psycache_invalidation (tag, xid)");
        validate();
        database.execute("drop index log; create index log on psycache_invalidation (tag, xid) where id > 1");
        assertMissing(
                this::validate, "index \"psycache_tag_xid\" on \"psycache_invalidation\" (tag, xid) where id > 0");
        create();
        database.execute("drop index psycache_xid; create index other on psycache_invalidation (xid, id) where id > 1");
        assertMissing(this::validate, "index \"psycache_xid\"");
    }

    @Test
    void validateNamesWhatIsMissingAndBothRemedies() {
        assertMissing(
                this::validate, "table \"psycache\"", "table \"psycache_invalidation\"", "table \"psycache_epoch\"");
        create();
        database.execute("alter table psycache drop column tags, drop column type");
        assertMissing(this::validate, "in table \"psycache\" columns tags, type");
        create();
        database.execute("drop index psycache_tag_xid");
        assertMissing(this::validate, "index \"psycache_tag_xid\"");
        create();
        database.execute("drop table psycache_epoch");
        assertMissing(this::validate, "table \"psycache_epoch\"");
    }

    @Test
    void whatIsAddedToAnInstallationOfAnEarlierVersionLeavesItsEntriesValid() {
        create();
        database.execute("drop table psycache_lease; insert into psycache (key, value, expires_at) values ('k', '1',"
                + " 'infinity')");
        assertMissing(this::validate, "table \"psycache_lease\"");
        create();
        validate();
        assertThat(database.queryForLong(VALID_ROWS)).isOne();
    }

    @Test
    void validateChangesNothing() {
        database.execute(PYTHON_TABLE);
        String before = state();
        assertMissing(this::validate, "columns tags, snapshot, type, stale_until");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void aMissingSchemaIsSaid() {
        assertFails(Reason.MISSING, () -> PsycacheSchema.create(database.dataSource(), "nowhere", "psycache"))
                .withMessageContaining("create schema \"nowhere\"");
        assertFails(Reason.MISSING, () -> PsycacheSchema.validate(database.dataSource(), "nowhere", "psycache"))
                .withMessageContaining("create schema \"nowhere\"");
        PGSimpleDataSource lost = database.unpooled();
        lost.setCurrentSchema("nowhere");
        assertFails(Reason.MISSING, () -> PsycacheSchema.create(lost)).withMessageContaining("search_path");
    }

    @Test
    void theScriptMakesTheSameAsCreateAndCanRunAgain() {
        create();
        String created = state();
        database.execute("drop table psycache, psycache_invalidation, psycache_epoch, psycache_lease");
        database.execute(PsycacheSchema.ddl("", "psycache"));
        database.execute(PsycacheSchema.ddl("", "psycache"));
        assertThat(state()).isEqualTo(created);
        validate();
    }

    @Test
    void theScriptUpgradesATableOfPythonPsycacheAsCreateDoes() {
        database.execute(PYTHON_TABLE);
        create();
        String created = state();
        database.execute("drop table psycache, psycache_invalidation, psycache_epoch, psycache_lease;" + PYTHON_TABLE);
        database.execute(PsycacheSchema.ddl(database.schema(), "psycache"));
        assertThat(state()).isEqualTo(created);
    }

    @Test
    void theResourceOfMigrationToolsIsTheScript() throws IOException {
        String resource = new ClassPathResource("io/psycache/flyway/R__psycache.sql").getContentAsString(UTF_8);
        assertThat(resource)
                .as("the migration is the script for the default names")
                .isEqualTo(PsycacheSchema.ddl("", "psycache"));
    }

    @Test
    void theFirstStartAfterTheScriptBeginsTheEpoch() {
        database.execute(PsycacheSchema.ddl("", "psycache"));
        create();
        assertThat(database.queryForLong("select count(*) from psycache_epoch")).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Psycache", "a b", "x;drop table users", "\"x\"", "1x"})
    void hostileIdentifiersAreRefusedByEveryMethod(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PsycacheSchema.create(database.dataSource(), "", name))
                .withMessageContaining("table");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PsycacheSchema.validate(database.dataSource(), name, "psycache"))
                .withMessageContaining("schema");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PsycacheSchema.ddl(name, "psycache"))
                .withMessageContaining("schema");
    }

    @Test
    void reservedWordsAreTables() {
        PsycacheSchema.create(database.dataSource(), "", "select");
        PsycacheSchema.validate(database.dataSource(), "", "select");
    }

    @Test
    void autoCommitIsAsBefore() throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Connection connection = database.unpooled().getConnection()) {
                connection.setAutoCommit(autoCommit);
                PsycacheSchema.create(new SingleConnectionDataSource(connection, true));
                assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                assertFails(
                        Reason.MISSING,
                        () -> PsycacheSchema.validate(new SingleConnectionDataSource(connection, true), "", "other"));
                assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                validate();
            }
            database.execute("drop table psycache, psycache_invalidation, psycache_epoch, psycache_lease");
        }
    }

    @Test
    void aPoolWithoutAutoCommitAndAStrictSessionWillDo() {
        PsycacheSchema.create(database.newPool(1, false));
        validate();
        database.execute("drop table psycache_epoch");
        PGSimpleDataSource strict = database.unpooled();
        strict.setOptions("-c default_transaction_isolation=serializable -c default_transaction_read_only=on");
        PsycacheSchema.create(strict);
        validate();
    }

    @Test
    void theTransactionOfTheThreadIsNotUsed() {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        transaction.executeWithoutResult(status -> {
            create();
            PsycacheSchema.create(new TransactionAwareDataSourceProxy(database.dataSource()), "", "second");
            status.setRollbackOnly();
        });
        validate();
        PsycacheSchema.validate(database.dataSource(), "", "second");
    }

    private void create() {
        PsycacheSchema.create(database.dataSource(), "", "psycache");
    }

    private void validate() {
        PsycacheSchema.validate(database.dataSource(), "", "psycache");
    }

    private static void assertMissing(Runnable action, String... parts) {
        assertFails(Reason.MISSING, action)
                .withMessageContainingAll(parts)
                .withMessageContainingAll(
                        "psycache.initialize-schema=always", "PsycacheSchema.ddl(\"\", \"psycache\")");
    }

    static ThrowableAssertAlternative<PsycacheSchemaException> assertFails(Reason reason, Runnable action) {
        return assertThatExceptionOfType(PsycacheSchemaException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.getReason()).isEqualTo(reason));
    }

    private String state() {
        return database.structure("psycache");
    }
}

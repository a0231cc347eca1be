package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.internal.store.schema.Schema;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gets that decide at a glance what they can, and look again at what is in doubt. */
class QuickGetTests {
    private static final CacheTables TABLES = new CacheTables("", "psycache");
    private static final EntryStatements SQL = new EntryStatements(TABLES);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(new Schema(TABLES)::create);

    private final Sessions sessions = new Sessions(database.dataSource(), Duration.ofSeconds(30));
    private final EntryReads reads = new EntryReads(TABLES, false);
    private final EntryWrites writes = new EntryWrites(TABLES, reads);
    private Connection oldWriter;

    /** Of the tag "t:hot" something is logged that began after a writer that is still open. */
    @BeforeEach
    void create() throws SQLException {
        oldWriter = database.closing(database.unpooled().getConnection());
        oldWriter.setAutoCommit(false);
        execute("select pg_current_xact_id()");
        database.execute("insert into psycache_invalidation (tag) values ('t:hot')");
        put("hot", "t:hot");
        put("cold", "t:cold");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = oldWriter.createStatement()) {
            statement.execute(sql);
        }
    }

    private void put(String key, String tag) {
        writes.put(sessions.unbounded(), List.of(new Put.Now(entry(key, tag))));
    }

    private static Entry entry(String key, String... tags) {
        return new Entry(key, "1".getBytes(), null, Duration.ZERO, List.of(tags), null, null);
    }

    private LoadToken tokenOfAMiss(String... keys) {
        GetResult miss = reads.get(sessions.unbounded(), List.of(keys)).get(0);
        return (LoadToken) Objects.requireNonNull(miss.token());
    }

    private boolean isStored(LoadToken token) {
        Put put = new Put.Loaded(entry("absent"), token);
        return !writes.put(sessions.unbounded(), List.of(put)).isEmpty();
    }

    /** In another epoch puts under the tokens of misses are refused, until a get asks for it. */
    @ParameterizedTest
    @ValueSource(strings = {"absent", "absent,too"})
    void aRefusedPutMakesTheNextGetAskForTheEpoch(String keys) {
        String[] missing = keys.split(",");
        LoadToken before = tokenOfAMiss(missing);
        database.execute("update psycache_epoch set epoch = gen_random_uuid()");

        LoadToken known = tokenOfAMiss(missing);
        assertThat(known.epoch()).isEqualTo(before.epoch());
        assertThat(isStored(known)).isFalse();

        assertThat(isStored(tokenOfAMiss(missing))).isTrue();
    }

    /** One connection knows the epoch that has ended, and the other one reads the next: no put is tried under either. */
    @Test
    void aConnectionThatReadsAnotherEpochMakesAllAskForIt() throws SQLException {
        Session first = sessions.unbounded();
        LoadToken before = tokenOfAMiss("absent");
        database.execute("update psycache_epoch set epoch = gen_random_uuid()");

        assertThat(tokenOfAMiss("absent").epoch()).isEqualTo(before.epoch());
        LoadToken read = (LoadToken) reads.token(first);
        assertThat(tokenOfAMiss("absent").epoch()).isEqualTo(read.epoch()).isNotEqualTo(before.epoch());
    }

    private boolean isDoubtful(String key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(SQL.quickGetOne)) {
            statement.setString(1, key);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean("doubtful");
            }
        }
    }

    private List<Boolean> found(String... keys) {
        return reads.get(sessions.unbounded(), List.of(keys)).stream()
                .map(result -> result.entry() != null)
                .toList();
    }

    @Test
    void whatIsInDoubtIsDecided() throws SQLException {
        assertThat(isDoubtful("hot")).isTrue();
        assertThat(isDoubtful("cold")).isFalse();
        assertThat(isDoubtful("absent")).isFalse();
        assertThat(found("hot")).containsExactly(true);

        execute("insert into psycache_invalidation (tag) values ('t:hot'), ('t:cold')");
        oldWriter.commit();
        assertThat(isDoubtful("cold")).isTrue();
        assertThat(found("hot")).containsExactly(false);
        assertThat(found("cold")).containsExactly(false);
    }

    @Test
    void aBatchKeepsTheOrderOfItsKeys() {
        assertThat(found("absent", "hot", "cold")).containsExactly(false, true, true);
        assertThat(found("absent", "hot", "cold")).containsExactly(false, true, true);
        assertThat(reads.get(sessions.unbounded(), List.of("absent", "hot"))
                        .get(0)
                        .token())
                .isNotNull();
    }

    /** However long the log is: without its index's order a hot tag would be read as a whole. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 20_000})
    void theLogIsReadInTheOrderOfItsIndex(int rows) throws SQLException {
        log(rows);
        assertThatTheIndexOrders();
    }

    @Test
    void theLogIsReadInTheOrderOfItsIndexWithStatistics() throws SQLException {
        log(20_000);
        database.execute("analyze psycache_invalidation");
        assertThatTheIndexOrders();
    }

    private void log(int rows) {
        database.execute("insert into psycache_invalidation (tag) select 't:' || n % 100 from generate_series(1, "
                + rows + ") n");
    }

    private void assertThatTheIndexOrders() throws SQLException {
        for (String sql : List.of(SQL.quickGetOne, SQL.quickGet, SQL.quickGetWithEpoch)) {
            assertThat(plan(sql))
                    .contains("using psycache_tag_xid")
                    .doesNotContain("Scan on psycache_tag_xid", "Scan on psycache_invalidation", "Sort Key: i.tag");
        }
    }

    /** The plan for all parameters, as a connection comes to use it. */
    private String plan(String sql) throws SQLException {
        try (Connection connection = database.unpooled().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = force_generic_plan");
            statement.execute("prepare quick as " + sql.replace("?", "$1"));
            String parameter = sql.contains("text[]") ? "{a}" : "a";
            return lines(statement.executeQuery("explain (costs off) execute quick('" + parameter + "')"));
        }
    }

    private static String lines(ResultSet rows) throws SQLException {
        StringBuilder lines = new StringBuilder();
        while (rows.next()) {
            lines.append(rows.getString(1)).append('\n');
        }
        return lines.toString();
    }
}

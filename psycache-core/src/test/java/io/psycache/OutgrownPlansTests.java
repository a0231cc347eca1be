package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A plan that a connection made for a small table reads all of it, and is kept while the table grows. */
class OutgrownPlansTests {
    private static final int ENOUGH_FOR_A_PLAN_FOR_ALL_PARAMETERS = 20;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final SingleConnectionDataSource dataSource = onlyConnection();
    private final PostgresCache cache = cache(Duration.ofSeconds(30));

    private SingleConnectionDataSource onlyConnection() {
        try {
            return database.closing(
                    new SingleConnectionDataSource(database.unpooled().getConnection(), true));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void planForSmallTables() {
        PsycacheSchema.create(dataSource);
        cache.put("k", 1);
        for (String table : new String[] {"psycache", "psycache_invalidation"}) {
            database.execute("alter table " + table + " set (autovacuum_enabled = off)");
            database.execute("vacuum analyze " + table);
        }
        for (int i = 0; i < ENOUGH_FOR_A_PLAN_FOR_ALL_PARAMETERS; i++) {
            cache.get("k", Integer.class);
        }
        assertThat(plan()).contains("Seq Scan on psycache e", "Seq Scan on psycache_invalidation");
    }

    private PostgresCache cache(Duration timeout) {
        return database.closing(PostgresCache.builder(dataSource)
                .nearMaximumSize(0)
                .timeout(timeout)
                .build());
    }

    @Test
    void aGetThatReadsAllOfALogThatHasGrownIsThePlansLast() {
        database.execute("insert into psycache_invalidation (tag) select 't:' || n from generate_series(1, 400000) n");
        assertThat(plan()).contains("Seq Scan on psycache_invalidation");

        assertThat(cache.get("k", Integer.class)).contains(1);
        assertThat(plan()).doesNotContain("Seq Scan on psycache_invalidation");
    }

    @Test
    void aGetThatReadsAllEntriesIsThePlansLast() {
        database.execute("""
                insert into psycache (key, value, expires_at)
                select 'k' || n, '1', 'infinity' from generate_series(1, 400000) n""");
        assertThat(plan()).contains("Seq Scan on psycache e");

        assertThat(cache.get("k", Integer.class)).contains(1);
        assertThat(plan()).doesNotContain("Seq Scan on psycache e");
    }

    @Test
    void soIsAGetThatDoesNotEndInTime() throws SQLException {
        try (PostgresCache impatient = cache(Duration.ofSeconds(2));
                Connection other = database.unpooled().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("insert into psycache (key, value, expires_at)"
                    + " select 'k' || n, '1', 'infinity' from generate_series(1, 10000) n");
            statement.execute("lock table psycache");
            assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> impatient.get("k", Integer.class));
            other.commit();
        }
        assertThat(plan()).doesNotContain("Seq Scan on psycache e");
    }

    /** That which the connection has for gets of one key. */
    private String plan() {
        JdbcTemplate connection = new JdbcTemplate(dataSource);
        String name = connection.queryForObject(
                "select name from pg_prepared_statements where statement like '%doubtful%on e.key = $1 %'",
                String.class);
        return String.join("\n", connection.queryForList("explain execute \"" + name + "\" ('k')", String.class));
    }
}

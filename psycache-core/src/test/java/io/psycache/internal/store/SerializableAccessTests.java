package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.internal.store.schema.Schema;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plans of statements in a transaction that is not to be joined. */
class SerializableAccessTests {
    private static final CacheTables TABLES = new CacheTables("", "psycache");
    private static final EntryStatements SQL = new EntryStatements(TABLES);
    private static final InvalidationLog LOG_SQL = new InvalidationLog(TABLES);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(new Schema(TABLES)::create);

    /** Scans of tables that were executed. */
    private List<String> scans(String isolation, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement("begin isolation level " + isolation
                        + "; explain (analyze, costs off, timing off, summary off) " + sql + "; rollback")) {
            if (sql.contains("?")) {
                statement.setObject(1, sql.contains("text[]") ? new String[] {"k:a", "k:b"} : "k:a");
            }
            statement.execute();
            statement.getMoreResults();
            return executedScans(statement.getResultSet());
        }
    }

    private static List<String> executedScans(ResultSet lines) throws SQLException {
        List<String> scans = new ArrayList<>();
        while (lines.next()) {
            String line = lines.getString(1);
            if (line.contains("Scan") && line.contains(" on psycache") && !line.contains("never executed")) {
                scans.add(line.strip());
            }
        }
        return scans;
    }

    private static List<String> statements(SerializableAccess access) {
        return List.of(
                SQL.get(access),
                SQL.token(access),
                SQL.moment(access),
                LOG_SQL.anyValid(access),
                LOG_SQL.invalidateForPut(access));
    }

    @Test
    void underSerializableNoTableIsScanned() throws SQLException {
        for (String sql : statements(SerializableAccess.BYPASS)) {
            assertThat(scans("serializable", sql)).as(sql).isEmpty();
        }
    }

    @Test
    void otherwiseTablesAreScanned() throws SQLException {
        for (String sql : statements(SerializableAccess.BYPASS)) {
            assertThat(scans("repeatable read", sql)).as(sql).isNotEmpty();
        }
        for (String sql : statements(SerializableAccess.JOIN)) {
            assertThat(scans("serializable", sql)).as(sql).isNotEmpty();
        }
    }
}

package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A query in a transaction of the caller's, in one round trip with a savepoint: if it fails, the transaction goes on. */
final class Savepoint {
    private static final String SET = "savepoint psycache;";
    private static final String RELEASE = ";release savepoint psycache";
    private static final String ROLL_BACK = "rollback to savepoint psycache" + RELEASE;

    private Savepoint() {}

    /** Sets the parameters of a statement. */
    interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** Reads rows, and closes them. */
    interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    static <T> T query(Connection connection, String sql, Binding binding, Reading<T> reading) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SET + sql + RELEASE)) {
            binding.bind(statement);
            statement.execute();
            statement.getMoreResults();
            return reading.read(statement.getResultSet());
        } catch (SQLException e) {
            rollBack(connection, e);
            throw e;
        }
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ROLL_BACK);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}

package io.psycache.internal.store.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A connection for one statement at a time: one of the pool's, or that of the caller's transaction. */
@FunctionalInterface
public interface Session {

    /** Statements on one connection. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Runs {@code work} on a connection and translates its failure.
     *
     * @param task what is tried, in words, for messages
     * @throws org.springframework.dao.DataAccessException if the database fails
     */
    <T extends @Nullable Object> T run(String task, Work<T> work);

    /** {@link #run} with the template on the connection. */
    default <T extends @Nullable Object> T query(String task, Function<JdbcTemplate, T> work) {
        return run(task, connection -> ConnectionTemplate.query(connection, work));
    }
}

package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements on one connection. */
@FunctionalInterface
public interface SqlWork<T> {
    T run(Connection connection) throws SQLException;
}

package io.psycache.benchmarks;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryStatements;
import io.psycache.internal.store.Validation;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The statement of a get, and the same without what consistency adds to it. */
final class GetStatements {

    private GetStatements() {}

    /** As the cache runs it for one key. */
    static String validated(CacheTables tables) {
        return new EntryStatements(tables).quickGetOne;
    }

    /** A get of the cache, for one key or several, that asks only whether the time of an entry has ended. */
    static String withoutValidation(CacheTables tables, String statement) {
        Validation validation = new Validation(tables);
        return statement.replace(validation.valid(), Validation.ALIVE).replace(validation.doubtful(), "false");
    }

    static void bind(PreparedStatement statement, String key) throws SQLException {
        statement.setString(1, key);
    }
}

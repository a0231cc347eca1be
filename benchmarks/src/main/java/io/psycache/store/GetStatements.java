package io.psycache.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The statement of a get, and the same without what consistency adds to it. */
public final class GetStatements {

    private GetStatements() {}

    /** As the cache runs it. */
    public static String validated(CacheTables tables) {
        return new EntryStatements(tables).getOne();
    }

    /** Neither validates the entry nor returns a token for a put. */
    public static String plain(CacheTables tables) {
        return """
                select e.value, e.size, e.type
                  from (select ?::text) r (key)
                  left join lateral (
                       select e.key, e.value, pg_column_size(e.value) as size, e.type
                         from %s e
                        where e.key = r.key and e.expires_at > statement_timestamp()
                        limit 1) e on true""".formatted(tables.entries());
    }

    public static void bind(PreparedStatement statement, String key) throws SQLException {
        statement.setString(1, key);
    }
}

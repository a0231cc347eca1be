package io.psycache.internal.store.maintenance;

import static io.psycache.internal.store.ConnectionTemplate.NUMBER;
import static io.psycache.internal.store.ConnectionTemplate.TEXT;
import static io.psycache.internal.store.ConnectionTemplate.template;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Sessions;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.schema.SchemaException;
import io.psycache.internal.store.schema.SchemaInitializer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.RowMapper;

/** Checks the tables, and estimates what they hold. Thread-safe. */
public final class ContentsStore {
    private static final RowMapper<OffsetDateTime> TIME = (row, number) -> row.getObject(1, OffsetDateTime.class);

    private final Sessions sessions;
    private final ContentsStatements sql;
    private final SchemaInitializer schema;

    public ContentsStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this.sessions = new Sessions(dataSource, timeout);
        this.sql = new ContentsStatements(tables);
        this.schema = new SchemaInitializer(tables);
    }

    /** What each cache holds. The entries without a cache are under an empty name. */
    public List<CacheRows> entries() {
        return sessions.inTime(
                "estimate the entries", template(jdbc -> jdbc.query(sql.entries(), ContentsStore::cacheRows)));
    }

    private static CacheRows cacheRows(ResultSet row, int number) throws SQLException {
        return new CacheRows(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4));
    }

    /** How many rows the log of invalidations has. */
    public long invalidations() {
        return sessions.inTime(
                "estimate the invalidation log",
                template(jdbc -> Objects.requireNonNull(jdbc.queryForObject(sql.invalidations(), NUMBER))));
    }

    /** Some keys of a cache that have not expired, as they are stored, in the order of the table. */
    public List<String> keys(String cache, int limit) {
        return sessions.inTime(
                "list keys of a cache", template(jdbc -> jdbc.query(sql.keys(), TEXT, Tags.ofCache(cache), limit)));
    }

    /** When the last walk of the cleanup ended, on whatever node; empty before the first one of this epoch. */
    public Optional<Instant> lastCleanup() {
        return sessions.inTime(
                "find the last cleanup",
                template(jdbc -> jdbc.query(sql.lastCleanup(), TIME).stream()
                        .map(OffsetDateTime::toInstant)
                        .findFirst()));
    }

    /**
     * Checks that the tables have the shape that the cache needs, and can be read. Changes nothing.
     *
     * @throws SchemaException if they have not
     */
    public void check() {
        sessions.inTime("check the tables of the cache", connection -> {
            schema.check(connection);
            return template(jdbc -> jdbc.queryForList(sql.touch())).run(connection);
        });
    }

    /**
     * What one cache holds.
     *
     * @param bytes size of the values in the table
     */
    public record CacheRows(String name, long rows, long expired, long bytes) {}
}

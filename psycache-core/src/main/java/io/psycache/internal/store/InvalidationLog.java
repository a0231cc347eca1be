package io.psycache.internal.store;

import static io.psycache.internal.store.session.ConnectionTemplate.TEXT;

import io.psycache.internal.store.Put.OwnInvalidation;
import io.psycache.internal.store.session.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations as rows of the log: inserted in the caller's transaction, they commit or roll back with the data. Outside a
 * transaction the rows of the entries are deleted too, for readers that do not know the log. Thread-safe.
 */
public final class InvalidationLog {
    private static final String INVALIDATE = "invalidate cache entries";

    private final CacheTables tables;
    private final Validation validation;
    private final String remove;

    public InvalidationLog(CacheTables tables) {
        this.tables = tables;
        this.validation = new Validation(tables);
        this.remove = """
                with logged as (insert into %1$s (tag) select unnest((select ?::text[]))),
                     present as (select e.key, %3$s as valid
                                   from %2$s e where e.key = any ((select ?::text[])::text[])
                                  order by e.key collate "C" for update),
                     gone as (delete from %2$s e using present where e.key = present.key
                              returning e.key, present.valid)
                select key from gone where valid""".formatted(tables.invalidations(), tables.entries(), validation.valid());
    }

    /** Invalidates distinct keys outside a transaction. @return those that had a valid entry */
    public Set<String> remove(Session session, List<String> keys) {
        List<String> tags = keys.stream().map(Tags::ofKey).toList();
        return session.query(
                "remove cache entries",
                jdbc -> new HashSet<>(jdbc.query(remove, TEXT, EntryArrays.texts(tags), EntryArrays.texts(keys))));
    }

    /** Invalidates every entry with one of the tags ({@link Tags}). */
    public int invalidate(Session session, List<String> tags) {
        String sql = "insert into %s (tag) select unnest(?::text[])".formatted(tables.invalidations());
        return session.query(INVALIDATE, jdbc -> jdbc.update(sql, EntryArrays.texts(tags)));
    }

    /** Invalidates every entry whose key begins with one of the prefixes ({@link StoredKeys#prefixes}). */
    public int invalidatePrefixes(Session session, List<String> prefixes) {
        String sql = "insert into %s (tag, prefix) select '%s', unnest(?::text[])"
                .formatted(tables.invalidations(), Tags.PREFIX);
        return session.query(
                "invalidate a prefix of cache keys", jdbc -> jdbc.update(sql, EntryArrays.texts(prefixes)));
    }

    /** Invalidates a key outside a transaction, for a put that follows. @return that put's own invalidation */
    public OwnInvalidation removeForPut(Session session, String key) {
        String sql = """
                with gone as (delete from %s e where e.key = ?)
                insert into %s (tag) values (?) returning xid, id""".formatted(tables.entries(), tables.invalidations());
        return session.query(
                "replace a cache entry",
                jdbc -> jdbc.query(
                                sql,
                                (row, number) -> new OwnInvalidation(row.getString(1), row.getLong(2)),
                                key,
                                Tags.ofKey(key))
                        .get(0));
    }

    /** Invalidates keys in the caller's transaction. @return by key the write for a put after the commit; a key without one must not be put */
    public Map<String, LoggedWrite> invalidateForPut(Session session, List<String> keys, SerializableAccess access) {
        List<String> tags = keys.stream().map(Tags::ofKey).toList();
        return session.query(INVALIDATE, jdbc -> {
            Map<String, LoggedWrite> writes = new HashMap<>();
            jdbc.query(
                    invalidateForPut(access),
                    row -> {
                        addWrite(writes, row);
                    },
                    EntryArrays.texts(tags));
            return writes;
        });
    }

    /** Columns: tag, epoch and snapshot of a put in the same transaction, xid and id of the row. */
    String invalidateForPut(SerializableAccess access) {
        return """
                insert into %s (tag) select unnest(?::text[])
                returning tag, (select p.epoch from %s p where %s), pg_current_snapshot(), xid, id""".formatted(tables.invalidations(), tables.epoch(), access.condition());
    }

    private static void addWrite(Map<String, LoggedWrite> writes, ResultSet row) throws SQLException {
        OwnInvalidation own = new OwnInvalidation(row.getString(4), row.getLong(5));
        LoggedWrite write = LoggedWrite.of(row.getString(2), row.getString(3), own);
        if (write != null) {
            writes.put(Tags.keyOf(row.getString(1)), write);
        }
    }

    /**
     * Deletes the next rows whose keys begin with {@code prefix}, in the order of the keys. It skips rows that others have locked:
     * the log has invalidated them already. The collation is named because the table of Python psycache has the one of its database.
     *
     * @param from the least key
     * @param most the most rows
     */
    public Deleted deletePrefix(Session session, String prefix, String from, int most) {
        String sql = """
                with batch as (select e.key from %1$s e
                                where e.key collate "C" >= ? and e.key collate "C" < ?
                                order by e.key collate "C" limit ? for update skip locked),
                     gone as (delete from %1$s e using batch where e.key = batch.key)
                select count(*), max(key collate "C") from batch""".formatted(tables.entries());
        return session.query(
                "delete a prefix of cache keys",
                jdbc -> jdbc.query(
                                sql,
                                (row, number) -> new Deleted(row.getInt(1), row.getString(2)),
                                from,
                                StoredKeys.endOf(prefix),
                                most)
                        .get(0));
    }

    /**
     * Rows that were deleted.
     *
     * @param last the greatest of their keys; null where there was none
     */
    public record Deleted(int rows, @Nullable String last) {}

    /** Whether a valid entry with the tag is visible, in the caller's transaction where the session is its. */
    public boolean anyValid(Session session, String tag, SerializableAccess access) {
        return session.query(
                "look for valid cache entries",
                jdbc -> Boolean.TRUE.equals(jdbc.queryForObject(anyValid(access), Boolean.class, tag)));
    }

    String anyValid(SerializableAccess access) {
        return "select exists (select from %s e where %s and ? = any (e.tags) and %s)"
                .formatted(tables.entries(), access.condition(), validation.valid());
    }
}

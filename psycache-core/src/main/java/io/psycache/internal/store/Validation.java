package io.psycache.internal.store;

/** The conditions by which the log of invalidations ends entries. */
public final class Validation {
    /** Whether the time of the row {@code e} has not ended. */
    public static final String ALIVE = "e.expires_at > statement_timestamp()";

    /** Whether the row {@code e} has not ended by time for those who take an old value. Rows of Python psycache say nothing of it. */
    public static final String KEPT = "greatest(e.expires_at, e.stale_until) > statement_timestamp()";

    private final CacheTables tables;
    private final String invalidated;
    private final String valid;

    public Validation(CacheTables tables) {
        this.tables = tables;
        this.invalidated = invalidated("e.key", "e.tags", "e.snapshot", "true");
        this.valid = "(" + ALIVE + " and not " + invalidated + ")";
    }

    /** Whether the row {@code e} has not ended, by time or by an invalidation that this statement sees. */
    public String valid() {
        return valid;
    }

    /** Whether an invalidation that this statement sees has ended the row {@code e}. */
    public String invalidated() {
        return invalidated;
    }

    /** {@link #doubtful(String, String, String)} of the row {@code e}. */
    public String doubtful() {
        return doubtful("e.key", "e.tags", "e.snapshot");
    }

    /**
     * Whether the log has anything about a key and its tags that {@code snapshot} need not show. Where it has nothing, nothing has
     * invalidated them: what is older than {@code xmin} had ended before the snapshot. One scan of the index and nothing but the index
     * in any plan, whatever the statistics are: it must not look at {@code prefix}.
     */
    public String doubtful(String key, String tags, String snapshot) {
        return """
                (select i.xid from %4$s i
                  where i.tag = any ((array['%5$s' || %1$s, '%6$s'] || %2$s) collate "C")
                    and i.xid >= pg_snapshot_xmin(%3$s)
                  order by i.tag, i.xid limit 1) is not null""".formatted(key, tags, snapshot, tables.invalidations(), Tags.KEY_NAMESPACE, Tags.PREFIX);
    }

    /**
     * Whether the log has an invalidation {@code i} of the key, its prefixes or the tags that {@code snapshot} does not show.
     * Written as ranges of the index: an old snapshot with a hot tag reads what is newer than it, not all that is newer than
     * its oldest transaction. Most snapshots list no transaction as running.
     *
     * @param and counts only then
     */
    public String invalidated(String key, String tags, String snapshot, String and) {
        return """
                (%1$s
                 or pg_snapshot_xmin(%3$s) < pg_snapshot_xmax(%3$s)
                    and %2$s)""".formatted(
                        logged("", key, tags, "i.xid >= pg_snapshot_xmax(%s) and %s".formatted(snapshot, and)),
                        logged(
                                "pg_snapshot_xip(%s) running (xid), ".formatted(snapshot),
                                key,
                                tags,
                                "i.xid between running.xid and running.xid and " + and),
                        snapshot);
    }

    /**
     * Whether the log has a row {@code i} of the key, its prefixes or the tags in a range of transaction ids. The order keeps the
     * index in use, whatever the log's statistics are and where it has none: without it {@code limit 1} makes a walk over the
     * whole table look cheap. An id that is equal is written as a range, since it would need no order. The collation is named
     * because a key's may be another.
     */
    public String logged(String from, String key, String tags, String where) {
        return """
                exists (select from %1$sunnest(array['%2$s' || %3$s, '%4$s'] || %5$s) t (tag),
                       lateral (select from %6$s i
                                 where i.tag = t.tag collate "C"
                                   and %7$s
                                   and (i.prefix is null or starts_with(%3$s collate "C", i.prefix))
                                 order by i.xid limit 1) x)""".formatted(from, Tags.KEY_NAMESPACE, key, Tags.PREFIX, tags, tables.invalidations(), where);
    }
}

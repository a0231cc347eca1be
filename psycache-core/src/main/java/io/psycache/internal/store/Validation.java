package io.psycache.internal.store;

/**
 * The conditions on which entries, tokens and puts are valid, one method each. A test overrides one of them, to show what goes
 * wrong without it.
 */
public class Validation {
    /** Whether the row {@code e} has not expired. */
    public static final String ALIVE = "e.expires_at > statement_timestamp()";

    /** Whether the row {@code e} may be served, fresh or stale. Rows of Python psycache have no {@code stale_until}. */
    public static final String KEPT = "greatest(e.expires_at, e.stale_until) > statement_timestamp()";

    /**
     * Whether the row {@code i} of the log is an invalidation, as the index on {@code (tag, xid)} has it: that does without the notes
     * of puts, which {@link EntryStatements} gives no number.
     */
    private static final String INVALIDATES = "i.id > 0";

    private final CacheTables tables;

    public Validation(CacheTables tables) {
        this.tables = tables;
    }

    /** Whether the row {@code e} has neither expired nor been invalidated, as far as this statement sees. */
    public final String valid() {
        return "(" + ALIVE + " and not " + invalidated() + ")";
    }

    /** Whether the row {@code e}, fresh or stale, may be served. */
    protected String servable() {
        return KEPT + " and not " + invalidated();
    }

    /** Whether an invalidation that this statement sees is of the row {@code e}. */
    public final String invalidated() {
        return invalidated("e.key", "e.tags", "e.snapshot", "true");
    }

    /** {@link #doubtful(String, String, String)} of the row {@code e}. */
    public final String doubtful() {
        return doubtful("e.key", "e.tags", "e.snapshot");
    }

    /**
     * Whether the log has any row about a key and its tags that {@code snapshot} need not show. If it has none, nothing has
     * invalidated them: transactions older than {@code xmin} had ended before the snapshot. It scans nothing but the index in any
     * plan, whatever the statistics are, so it must not read {@code prefix}.
     */
    public final String doubtful(String key, String tags, String snapshot) {
        return """
                (select i.xid from %4$s i
                  where i.tag = any ((%1$s || %2$s) collate "C")
                    and %5$s and i.xid >= %3$s
                  order by i.tag, i.xid limit 1) is not null""".formatted(logTags(key), tags, oldestUnseen(snapshot), tables.invalidations(), INVALIDATES);
    }

    /** The tags besides its own of the log's rows about a key: that of the key, and that of all prefixes. */
    protected String logTags(String key) {
        return "array['%s' || %s, '%s']".formatted(Tags.KEY_NAMESPACE, key, Tags.PREFIX);
    }

    /** The lowest transaction id that a snapshot need not show. */
    protected String oldestUnseen(String snapshot) {
        return "pg_snapshot_xmin(" + snapshot + ")";
    }

    /**
     * Whether the log has an invalidation {@code i} of the key, its prefixes or the tags that {@code snapshot} does not show. It is
     * written as ranges of the index. So with an old snapshot and a hot tag, it reads what is newer than the snapshot, not all that
     * is newer than its oldest transaction. Most snapshots list no transaction as running.
     *
     * @param and a further condition on {@code i}
     */
    public final String invalidated(String key, String tags, String snapshot, String and) {
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
     * index in use, whatever the log's statistics are: without it {@code limit 1} makes a walk over the whole table look cheap. An
     * id that is equal is written as a range, since it would need no order. The collation is named because a key's may be another.
     */
    private String logged(String from, String key, String tags, String where) {
        return """
                exists (select from %1$sunnest(%3$s || %4$s) t (tag),
                       lateral (select from %5$s i
                                 where i.tag = t.tag collate "C"
                                   and %7$s
                                   and %6$s
                                   and (i.prefix is null or starts_with(%2$s collate "C", i.prefix))
                                 order by i.xid limit 1) x)""".formatted(from, key, logTags(key), tags, tables.invalidations(), where, INVALIDATES);
    }

    /** Whether this transaction has written nothing, so that its snapshot can be a token: else it may see what it rolls back. */
    protected String isUnwritten() {
        return "pg_current_xact_id_if_assigned() is null";
    }

    /**
     * Whether the request {@code r} is current. Its epoch is ours, its snapshot shows all that has been collected, and the log has
     * nothing that the snapshot does not show, besides the request's own row.
     */
    final String current() {
        return """
                exists (select from %s p
                                where p.epoch = r.epoch
                                  and %s)
                       and %s
                       and case when %s then not %s else true end
                       and %s""".formatted(
                        tables.epoch(),
                        showsCollected(),
                        ownRowIsLogged(),
                        doubtful("r.key", "r.tags::text[]", "r.snapshot"),
                        invalidated("r.key", "r.tags::text[]", "r.snapshot", "i.id is distinct from r.own_id"),
                        nothingIsLoggedLater());
    }

    /**
     * Whether the request {@code r} shows all that the epoch {@code p} has collected. A snapshot that ends higher than another is the
     * later one and shows as much. But {@link LoggedWrite} raises the end of a snapshot, and that lists as running what may have been
     * collected since.
     */
    protected String showsCollected() {
        return """
                (p.collected is null
                                       or pg_snapshot_xmax(r.snapshot) > pg_snapshot_xmax(p.collected)
                                          and %s)""".formatted(noneOfRunningIsCollected());
    }

    /** Whether no transaction that the snapshot of the request {@code r} lists as running has been collected. */
    protected String noneOfRunningIsCollected() {
        return """
                not exists (select from pg_snapshot_xip(r.snapshot) x
                                                           where pg_visible_in_snapshot(x, p.collected))""";
    }

    /** Whether the request's own row is in the log. It is not if a savepoint with the put and its data has been rolled back. */
    protected String ownRowIsLogged() {
        return """
                (r.own_id is null
                            or exists (select from %s i
                                        where i.tag = '%s' || r.key and %s and i.xid = r.own_xid::xid8 and i.id = r.own_id))""".formatted(tables.invalidations(), Tags.KEY_NAMESPACE, INVALIDATES);
    }

    /** Whether the request's own transaction has logged nothing about it after the put. */
    protected String nothingIsLoggedLater() {
        return "(r.own_xid is null or not "
                + logged(
                        "",
                        "r.key",
                        "r.tags::text[]",
                        "i.xid between r.own_xid::xid8 and r.own_xid::xid8 and i.id > r.own_id")
                + ")";
    }

    /** Whether a loaded value {@code excluded} replaces the row {@code e}: a write with the same snapshot stays. */
    protected String loadReplaces() {
        return newer("excluded.snapshot", "e.snapshot");
    }

    /** Whether an increment keeps the snapshot of the row {@code e}, which its own {@code excluded} does not exceed. */
    protected String incrementKeepsSnapshot() {
        return newer("e.snapshot", "excluded.snapshot");
    }

    /**
     * Whether a snapshot shows more than the other. Snapshots of one server follow each other: the later one ends higher or, if they
     * end alike, lists fewer transactions as running.
     */
    public static String newer(String one, String other) {
        return compared(one, ">", other);
    }

    /** {@link #newer} with another comparison. */
    protected static String compared(String one, String comparison, String other) {
        return """
                (pg_snapshot_xmax(%1$s), -(select count(*) from pg_snapshot_xip(%1$s)))
                 %3$s (pg_snapshot_xmax(%2$s), -(select count(*) from pg_snapshot_xip(%2$s)))""".formatted(one, other, comparison);
    }
}

package io.psycache.internal.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The SQL that reads and puts entries. Batches lock rows in the order of their keys' bytes, so that they do not deadlock.
 *
 * <p>Each statement takes a batch as arrays of one length; a single request is a batch of one. Arrays are sub-selects where the
 * planner would look into them: it would estimate each better than the plan for all, and plan at every execution.
 */
public final class EntryStatements {
    /** Fails if a put of the values would. */
    static final String JSON = "select count(convert_from(value, 'UTF8')::jsonb) from unnest(?::bytea[]) value";

    private static final String NOW = """
            from unnest((select ?::text[]), (select ?::bytea[]), (select ?::bigint[]), (select ?::text[]), (select ?::text[]),
                        (select ?::bigint[]))
                 as r (key, value, ttl, tags, type, stale)
            """;
    private static final String NOW_ONE = """
            from (select ?::text, ?::bytea, ?::bigint, ?::text, ?::text, ?::bigint) as r (key, value, ttl, tags, type, stale)
            """;
    /**
     * The microseconds until the row {@code e} expires; null = it never does. Until PostgreSQL 16 nothing can be subtracted from
     * infinity. {@code extract} would compute with decimal digits, which is slower.
     */
    private static final String LEFT = "case when isfinite(e.expires_at) then"
            + " least(date_part('epoch', e.expires_at - statement_timestamp()) * 1000000, 1e18)::bigint end";

    private static final String NOT_OLDER = "not " + Validation.newer("e.snapshot", "excluded.snapshot");

    /** {@link #NOT_OLDER}, but replaces also what ends alike. It takes no sub-selects. */
    private static final String ENDS_NO_LOWER = "pg_snapshot_xmax(e.snapshot) <= pg_snapshot_xmax(excluded.snapshot)";

    /**
     * A get outside a transaction that decides less than {@link #get} and costs the server less: rows for the keys that have an entry,
     * in any order, or one of nulls if none has. An entry that it marks as doubtful may be invalid. Columns: value, size, type,
     * doubtful, the snapshot of a miss's token, key.
     */
    final String quickGet;

    /** {@link #quickGet} with the epoch as its last column. PostgreSQL opens and locks each table that a statement names. */
    final String quickGetWithEpoch;

    /** {@link #quickGet} of one key, without a column for it. */
    public final String quickGetOne;

    /**
     * A get outside a transaction, for callers that can load again in the background, and for copies. It also finds expired entries
     * until {@code stale_until}, and no invalidated ones. Per key its value, size and type, always the token of a load that begins
     * now, its tags, and the microseconds until it expires: negative for a stale entry, null for one that never expires.
     */
    final String agingGet;

    /**
     * Stores values written at this moment, which nothing can have invalidated. It takes the first six arrays of {@link #current}. Of
     * two that were put at once either may stay, as each is validated when it is read. Returns the keys stored, as all puts.
     */
    final String putNow;

    /** {@link #putNow} of one key, without arrays. */
    final String putNowOne;

    /** Stores written values; an older one never replaces a newer one. */
    final String putWritten;

    /**
     * Stores values that were made since their token, with the snapshot of now. Apart from their own committed invalidation, nothing
     * has invalidated them since, so they are as current now as they were then.
     */
    final String putMade;

    /**
     * Stores loaded values that are current. They replace only what is older: of a load and a write with the same snapshot, the write
     * is right.
     */
    final String putLoaded;

    /**
     * {@link #putLoadedAndRelease} of values that were loaded while there was a valid entry: it notes that this is replaced, as puts of
     * now do.
     */
    final String putReloaded;

    /**
     * {@link #putLoaded} and {@link LeaseStore#release}, with the parameters of both: whoever sees that a lease is gone sees what was
     * stored. Entries are locked before leases.
     */
    final String putLoadedAndRelease;

    /** Stores one entry unless there is a valid one. It takes what {@link #putNowOne} takes. */
    final String putIfAbsent;

    /** Which of the requests are current ({@link Validation#current}), without storing them. */
    final String current;

    /**
     * Adds to a valid integer, or starts one if there is no valid entry. Returns nothing if the valid value is something else.
     * Parameters: key, delta, ttl in microseconds, tags.
     */
    final String increment;

    /** Of the keys, how many have a valid entry. */
    final String countValid;

    private final CacheTables tables;
    private final Validation validation;
    private final Map<SerializableAccess, String> gets;
    private final Map<SerializableAccess, String> moments;
    private final Map<SerializableAccess, String> tokens;

    public EntryStatements(CacheTables tables) {
        this(tables, new Validation(tables));
    }

    EntryStatements(CacheTables tables, Validation validation) {
        this.tables = tables;
        this.validation = validation;
        this.gets = byAccess(this::getText);
        this.moments = byAccess(access -> momentText(access, "pg_current_snapshot()"));
        this.tokens = byAccess(access ->
                momentText(access, "case when %s then pg_current_snapshot() end".formatted(validation.isUnwritten())));
        String several = "any ((select ?::text[])::text[])";
        String columns = "pg_current_snapshot(), e.key";
        this.quickGet = quickGetText(several, columns);
        this.quickGetWithEpoch =
                quickGetText(several, columns + ", (select p.epoch from %s p)".formatted(tables.epoch()));
        this.quickGetOne = quickGetText("?", "case when e.key is null then pg_current_snapshot() end");
        this.agingGet = agingGetText();
        this.current = currentText();
        this.putNow = noted(batchUpsert("pg_current_snapshot()", NOW, ENDS_NO_LOWER), "");
        this.putNowOne = noted(upsert("pg_current_snapshot()", NOW_ONE, ENDS_NO_LOWER), "");
        this.putWritten = batchUpsert("r.snapshot", current, NOT_OLDER);
        this.putMade = batchUpsert("pg_current_snapshot()", current, NOT_OLDER);
        this.putLoaded = batchUpsert("r.snapshot", current, validation.loadReplaces());
        String released = ", released as (%s)".formatted(LeaseStore.release(tables));
        this.putLoadedAndRelease = "with stored as (%s)%s select * from stored".formatted(putLoaded, released);
        this.putReloaded = noted(putLoaded, released);
        this.putIfAbsent = upsert("pg_current_snapshot()", NOW_ONE, "not " + validation.valid());
        this.increment = incrementText();
        this.countValid = "select count(*) from %s e where e.key = any ((select ?::text[])::text[]) and %s"
                .formatted(tables.entries(), validation.valid());
    }

    private static Map<SerializableAccess, String> byAccess(Function<SerializableAccess, String> text) {
        Map<SerializableAccess, String> texts = new EnumMap<>(SerializableAccess.class);
        for (SerializableAccess access : SerializableAccess.values()) {
            texts.put(access, text.apply(access));
        }
        return texts;
    }

    /**
     * Per key its valid entry, or the token for a put. In a caller's transaction that gets do not take part in, it reads no table.
     */
    String get(SerializableAccess access) {
        return Objects.requireNonNull(gets.get(access));
    }

    /** The token alone, without a snapshot if the transaction has written, and none in a transaction that gets do not take part in. */
    String token(SerializableAccess access) {
        return Objects.requireNonNull(tokens.get(access));
    }

    /** The token of this moment, even if the transaction has written. */
    String moment(SerializableAccess access) {
        return Objects.requireNonNull(moments.get(access));
    }

    private String quickGetText(String keys, String columns) {
        return """
                select e.value, pg_column_size(e.value), e.type, %1$s as doubtful, %5$s
                  from (select) one
                  left join %2$s e on e.key = %4$s and %3$s""".formatted(validation.doubtful(), tables.entries(), Validation.ALIVE, keys, columns);
    }

    /**
     * {@code limit 1} keeps the planner from joining the whole table to a batch. The array of a batch is a sub-select, which hides its
     * length: if known, a plan for one key seems cheaper than one for any batch, and each get is planned anew.
     */
    private String getText(SerializableAccess access) {
        return """
                select e.value, e.size, e.type,
                       case when e.key is null and %4$s then (select p.epoch from %1$s p) end,
                       case when e.key is null and %4$s and %5$s
                            then pg_current_snapshot() end
                  from unnest((select ?::text[])) with ordinality r (key, n)
                  left join lateral (
                       select e.key, e.value, pg_column_size(e.value) as size, e.type
                         from %2$s e
                        where %4$s and e.key = r.key and %3$s
                        limit 1) e on true
                 order by r.n""".formatted(
                tables.epoch(), tables.entries(), validation.valid(), access.condition(), validation.isUnwritten());
    }

    /** {@code limit 1} has the same reason as in {@link #getText}. */
    private String agingGetText() {
        return """
                select e.value, e.size, e.type, (select p.epoch from %1$s p), pg_current_snapshot(), e.tags, e.remaining
                  from unnest((select ?::text[])) with ordinality r (key, n)
                  left join lateral (
                       select e.value, pg_column_size(e.value) as size, e.type, e.tags, %4$s as remaining
                         from %2$s e
                        where e.key = r.key and %3$s
                        limit 1) e on true
                 order by r.n""".formatted(tables.epoch(), tables.entries(), validation.servable(), LEFT);
    }

    private String momentText(SerializableAccess access, String snapshot) {
        return "select p.epoch, %s from %s p where %s".formatted(snapshot, tables.epoch(), access.condition());
    }

    private String currentText() {
        return """
                  from unnest((select ?::text[]), (select ?::bytea[]), (select ?::bigint[]), (select ?::text[]),
                              (select ?::text[]), (select ?::bigint[]), (select ?::pg_snapshot[]), (select ?::uuid[]),
                              (select ?::text[]), (select ?::bigint[]))
                       as r (key, value, ttl, tags, type, stale, snapshot, epoch, own_xid, own_id)
                 where %s
                """.formatted(validation.current());
    }

    private String batchUpsert(String snapshot, String requested, String replaces) {
        return upsert(snapshot, requested + "order by r.key collate \"C\"\n", replaces);
    }

    private String upsert(String snapshot, String requested, String replaces) {
        return """
                insert into %s as e (key, value, expires_at, tags, snapshot, type, stale_until)
                select r.key, convert_from(r.value, 'UTF8')::jsonb,
                       coalesce(clock_timestamp() + r.ttl * interval '1 microsecond', 'infinity'),
                       r.tags::text[], %s, r.type, clock_timestamp() + (r.ttl + r.stale) * interval '1 microsecond'
                %s
                on conflict (key) do update
                   set value = excluded.value, expires_at = excluded.expires_at, tags = excluded.tags,
                       snapshot = excluded.snapshot, type = excluded.type, stale_until = excluded.stale_until
                 where %s
                returning key, pg_column_size(value), xmax <> 0 as replaced""".formatted(tables.entries(), snapshot, requested, replaces);
    }

    /**
     * A put that notes in the log which rows it has replaced: processes that have a copy of the entry learn it from there. Nothing else
     * reads these rows, so they take no number of the sequence and no place in the index of tags: each costs 7 percent of a put. A row that was not inserted has the put's own lock as its {@code xmax}.
     */
    private String noted(String put, String more) {
        return """
                with stored as (%s),
                     noted as (insert into %s (id, tag) overriding system value select 0, '%s' || key from stored where replaced)%s
                select * from stored""".formatted(put, tables.invalidations(), Tags.CHANGE_NAMESPACE, more);
    }

    private String incrementText() {
        return """
                insert into %s as e (key, value, expires_at, tags)
                select r.key, to_jsonb(r.delta),
                       coalesce(clock_timestamp() + r.ttl * interval '1 microsecond', 'infinity'), r.tags
                  from (select ?::text, ?::bigint, ?::bigint, ?::text[]) as r (key, delta, ttl, tags)
                on conflict (key) do update
                   set (value, expires_at, tags, snapshot, type, stale_until) = (
                       select case when v.valid then to_jsonb((e.value #>> '{}')::numeric::bigint
                                                          + (excluded.value #>> '{}')::bigint)
                                   else excluded.value end,
                              case when v.valid then e.expires_at else excluded.expires_at end,
                              case when v.valid then e.tags else excluded.tags end,
                              case when v.valid and %s then e.snapshot else excluded.snapshot end,
                              case when v.valid then e.type end, null::timestamptz
                         from (select %s) v (valid))
                 where not (%s)
                    or case when jsonb_typeof(e.value) = 'number'
                            then (e.value #>> '{}')::numeric = trunc((e.value #>> '{}')::numeric)
                                 and (e.value #>> '{}')::numeric between -9223372036854775808 and 9223372036854775807
                            else false end
                returning value #>> '{}'""".formatted(
                        tables.entries(), validation.incrementKeepsSnapshot(), validation.valid(), validation.valid());
    }
}

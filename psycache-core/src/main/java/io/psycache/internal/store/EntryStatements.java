package io.psycache.internal.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The SQL that reads and puts entries. Batches lock rows in the order of their keys' bytes, so that they do not deadlock.
 *
 * <p>Each statement takes a batch as arrays of one length; a single request is a batch of one. Arrays are sub-selects where the
 * planner would look into them: it would estimate each better than the plan for all, and plan at every execution.
 */
public final class EntryStatements {
    /** Fails if a put of the values would. */
    public static final String JSON = "select count(convert_from(value, 'UTF8')::jsonb) from unnest(?::bytea[]) value";

    private static final String GIVEN_SNAPSHOT = "coalesce(r.snapshot, pg_current_snapshot())";
    private static final String NOT_OLDER = "not " + Validation.newer("e.snapshot", "excluded.snapshot");

    /** {@link #NOT_OLDER}, but replaces also what ends alike. It takes no sub-selects. */
    private static final String ENDS_NO_LOWER = "pg_snapshot_xmax(e.snapshot) <= pg_snapshot_xmax(excluded.snapshot)";

    private final CacheTables tables;
    private final Validation validation;
    private final String current;
    private final Map<Joining, String> gets = new EnumMap<>(Joining.class);
    private final Map<Joining, String> moments = new EnumMap<>(Joining.class);
    private final Map<Joining, String> tokens = new EnumMap<>(Joining.class);
    private final String quickGet;
    private final String quickGetOne;
    private final String agingGet;
    private final String putNow;
    private final String putNowOne;
    private final String putTruth;
    private final String putMade;
    private final String putLoaded;
    private final String putIfAbsent;
    private final String increment;
    private final String countValid;

    public EntryStatements(CacheTables tables) {
        this(tables, new Validation(tables));
    }

    public EntryStatements(CacheTables tables, Validation validation) {
        this.tables = tables;
        this.validation = validation;
        this.current = currentText();
        for (Joining joining : Joining.values()) {
            gets.put(joining, getText(joining));
            moments.put(joining, momentText(joining));
            tokens.put(joining, momentText(joining) + " and " + validation.isUnwritten());
        }
        this.quickGet = quickGetText("= any ((select ?::text[])::text[])");
        this.quickGetOne = quickGetText("= ?");
        this.agingGet = AgingGet.text(tables, validation);
        this.putNow = batchUpsert("pg_current_snapshot()", """
                from unnest((select ?::text[]), (select ?::bytea[]), (select ?::bigint[]), (select ?::text[]), (select ?::text[]),
                            (select ?::bigint[]))
                     as r (key, value, ttl, tags, type, stale)
                """, ENDS_NO_LOWER);
        this.putNowOne = upsert("pg_current_snapshot()", """
                from (select ?::text, ?::bytea, ?::bigint, ?::text, ?::text, ?::bigint) as r (key, value, ttl, tags, type, stale)
                """, ENDS_NO_LOWER);
        this.putTruth = batchUpsert(GIVEN_SNAPSHOT, current, NOT_OLDER);
        this.putMade = batchUpsert("pg_current_snapshot()", current, NOT_OLDER);
        this.putLoaded = batchUpsert(GIVEN_SNAPSHOT, current, validation.loadReplaces());
        this.putIfAbsent = batchUpsert(GIVEN_SNAPSHOT, current, "not " + validation.valid());
        this.increment = incrementText();
        this.countValid = countValidText();
    }

    /**
     * Per key its valid entry, or the token for a put. In a caller's transaction that gets do not take part in, it reads no table.
     */
    String get(Joining joining) {
        return Objects.requireNonNull(gets.get(joining));
    }

    /**
     * {@link #get} outside a transaction that decides less and costs the server less: a row for each key that has an entry, in any
     * order, and nothing for a miss. An entry that it marks as doubtful may be invalid.
     */
    public String quickGet() {
        return quickGet;
    }

    /** {@link #quickGet} of one key. */
    public String quickGetOne() {
        return quickGetOne;
    }

    /** {@link AgingGet}. */
    String agingGet() {
        return agingGet;
    }

    private String quickGetText(String requested) {
        return """
                select e.value, pg_column_size(e.value), e.type, e.key, %s as doubtful
                  from %s e
                 where e.key %s and %s""".formatted(validation.doubtful(), tables.entries(), requested, Validation.ALIVE);
    }

    /**
     * {@code limit 1} keeps the planner from joining the whole table to a batch. The array of a batch is a sub-select, which hides its
     * length: if known, a plan for one key seems cheaper than one for any batch, and each get is planned anew.
     */
    private String getText(Joining joining) {
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
                tables.epoch(), tables.entries(), validation.valid(), joining.condition(), validation.isUnwritten());
    }

    /** The token alone. */
    String token(Joining joining) {
        return Objects.requireNonNull(tokens.get(joining));
    }

    /** The token of this moment, even if the transaction has written. */
    String moment(Joining joining) {
        return Objects.requireNonNull(moments.get(joining));
    }

    private String momentText(Joining joining) {
        return "select p.epoch, pg_current_snapshot() from %s p where %s"
                .formatted(tables.epoch(), joining.condition());
    }

    /** Of the keys, how many have a valid entry. */
    String countValid() {
        return countValid;
    }

    private String countValidText() {
        return "select count(*) from %s e where e.key = any ((select ?::text[])::text[]) and %s"
                .formatted(tables.entries(), validation.valid());
    }

    /**
     * Stores values written at this moment, which nothing can have invalidated. It takes the first six arrays of {@link #current()}.
     * Of two that were put at once either may stay, as each is validated when it is read. Returns the keys stored.
     */
    String putNow() {
        return putNow;
    }

    /** {@link #putNow} of one key, without arrays. */
    String putNowOne() {
        return putNowOne;
    }

    /** Stores written values; an older one never replaces a newer one. Returns the keys stored. */
    String putTruth() {
        return putTruth;
    }

    /**
     * Stores values that were made since their token, with the snapshot of now. Apart from their own committed invalidation, nothing
     * has invalidated them since, so they are as current now as they were then. Returns the keys stored.
     */
    String putMade() {
        return putMade;
    }

    /**
     * Stores loaded values that are current. They replace only what is older: of a load and a write with the same snapshot, the write
     * is right. Returns the keys stored.
     */
    String putLoaded() {
        return putLoaded;
    }

    /** Which of the requests are current ({@link Validation#current}), without storing them. Those without an epoch always are. */
    String current() {
        return current;
    }

    private String currentText() {
        return """
                  from unnest((select ?::text[]), (select ?::bytea[]), (select ?::bigint[]), (select ?::text[]),
                              (select ?::text[]), (select ?::bigint[]), (select ?::pg_snapshot[]), (select ?::uuid[]),
                              (select ?::text[]), (select ?::bigint[]))
                       as r (key, value, ttl, tags, type, stale, snapshot, epoch, own_xid, own_id)
                 where r.epoch is null
                    or %s
                """.formatted(validation.current());
    }

    /** Stores unless there is a valid entry. Returns the keys stored. */
    String putIfAbsent() {
        return putIfAbsent;
    }

    private String batchUpsert(String snapshot, String requested, String replaces) {
        return upsert(snapshot, requested + "order by r.key collate \"C\"\n", replaces);
    }

    private String upsert(String snapshot, String requested, String replaces) {
        return insert(snapshot) + requested + """
                on conflict (key) do update
                   set value = excluded.value, expires_at = excluded.expires_at, tags = excluded.tags,
                       snapshot = excluded.snapshot, type = excluded.type, stale_until = excluded.stale_until
                 where %s
                returning key, pg_column_size(value)""".formatted(replaces);
    }

    private String insert(String snapshot) {
        return """
                insert into %s as e (key, value, expires_at, tags, snapshot, type, stale_until)
                select r.key, convert_from(r.value, 'UTF8')::jsonb,
                       coalesce(clock_timestamp() + r.ttl * interval '1 microsecond', 'infinity'),
                       r.tags::text[], %s, r.type, clock_timestamp() + (r.ttl + r.stale) * interval '1 microsecond'
                """.formatted(tables.entries(), snapshot);
    }

    /**
     * Adds to a valid integer, or starts one if there is no valid entry. Returns nothing if the valid value is something else.
     * Parameters: key, delta, ttl in microseconds, tags.
     */
    String increment() {
        return increment;
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

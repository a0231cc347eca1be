package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Validation;

/** The SQL that deletes expired and invalidated entries, and the rows of the log that only they needed. */
final class MaintenanceStatements {
    private final CacheTables tables;
    private final Validation validation;

    MaintenanceStatements(CacheTables tables) {
        this.tables = tables;
        this.validation = new Validation(tables);
    }

    /**
     * Whether this transaction is the only one that sweeps or collects. It cannot hang: the server cancels a statement that takes
     * longer than {@code millis}, and ends the transaction of a node that is gone.
     */
    String alone(long millis) {
        return """
                select pg_try_advisory_xact_lock(hashtext('psycache sweep'), '%2$s'::regclass::oid::int),
                       set_config('statement_timeout', '%1$d', true),
                       set_config('idle_in_transaction_session_timeout', '%1$d', true)""".formatted(millis, tables.entries());
    }

    String pages() {
        return pages(tables.entries());
    }

    String logPages() {
        return pages(tables.invalidations());
    }

    private static String pages(String table) {
        return "select pg_relation_size('%s'::regclass) / current_setting('block_size')::int".formatted(table);
    }

    /**
     * The epoch, the sample if it is old enough, and whether the last walk ended recently. Takes a sample if there is none, or if
     * the clock was set back. Parameters: age of a sample and what is recent, in microseconds.
     */
    String begin() {
        return """
                with taken as (
                       update %1$s p set sample = pg_current_snapshot(), sampled_at = clock_timestamp()
                        where p.sample is null or p.sampled_at > clock_timestamp())
                select p.epoch,
                       case when p.sampled_at <= clock_timestamp() - ? * interval '1 microsecond' then p.sample end,
                       coalesce(p.swept_at between clock_timestamp() - ? * interval '1 microsecond'
                                               and clock_timestamp(), false)
                  from %1$s p""".formatted(tables.epoch());
    }

    /** Parameters: first tuple id, end of the tuple ids, sample (may be null). */
    String sweep() {
        return """
                with ended as materialized (
                       select e.ctid as tid from %1$s e cross join (select ?::tid, ?::tid, ?::pg_snapshot) as r (first, past, sample)
                        where e.ctid >= r.first and e.ctid < r.past
                          and (not %3$s or r.sample is not null and %2$s)),
                     free as (select e.ctid as tid from %1$s e where e.ctid = any (array(select tid from ended))
                                 for update skip locked),
                     gone as (delete from %1$s e where e.ctid = any (array(select tid from free)) returning 1)
                select (select count(*) from ended), (select count(*) from gone)""".formatted(
                tables.entries(),
                validation.invalidated("e.key", "e.tags", "e.snapshot", "pg_visible_in_snapshot(i.xid, r.sample)"),
                Validation.KEPT);
    }

    /**
     * Notes the end of a walk. If its sample is still the current one, the log up to it is collected now, and this takes the next
     * sample. Parameters: epoch, sample (may be null).
     */
    String end() {
        return """
                update %s p
                   set swept_at = clock_timestamp(),
                       collected = coalesce(r.sample, p.collected),
                       sample = case when r.sample is null then p.sample else pg_current_snapshot() end,
                       sampled_at = case when r.sample is null then p.sampled_at else clock_timestamp() end
                  from (select ?::uuid, ?::pg_snapshot) as r (epoch, sample)
                 where p.epoch = r.epoch and (r.sample is null or p.sample::text = r.sample::text)""".formatted(tables.epoch());
    }

    /** Deletes expired leases, whose owners are gone. */
    String deleteLeases() {
        return "delete from %s where until <= clock_timestamp()".formatted(tables.leases());
    }

    /** Deletes the rows of the log that are collected. Parameters: first tuple id, end of the tuple ids. */
    String collect() {
        return """
                delete from %s i using %s p
                 where i.ctid >= ?::tid and i.ctid < ?::tid and pg_visible_in_snapshot(i.xid, p.collected)""".formatted(tables.invalidations(), tables.epoch());
    }
}

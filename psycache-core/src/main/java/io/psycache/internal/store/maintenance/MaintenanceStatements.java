package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Validation;

/** The SQL that deletes ended entries and the log rows nobody needs any more. */
final class MaintenanceStatements {
    private final CacheTables tables;
    private final Validation validation;

    MaintenanceStatements(CacheTables tables) {
        this.tables = tables;
        this.validation = new Validation(tables);
    }

    /**
     * Whether this transaction is the one that sweeps. It can't hang: what takes longer ends, and so does a transaction whose
     * node is gone.
     */
    String alone(long millis) {
        return """
                set local statement_timeout = %1$d; set local idle_in_transaction_session_timeout = %1$d;
                select pg_try_advisory_xact_lock(hashtext('psycache sweep'), '%2$s'::regclass::oid::int)""".formatted(millis, tables.entries());
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
     * The epoch, the sample if it is old enough, and whether the last walk ended a short time ago. Where there is no sample one
     * is taken, and where the clock was set back. Parameters: age of a sample in microseconds, that short time.
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
     * Notes the end of a walk and, where it was made with a sample that is still the one, that this is collected; then the next
     * sample is taken. Parameters: epoch, sample (may be null).
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

    /** Deletes the leases that have run out: their owners are gone. */
    String deleteLeases() {
        return "delete from %s where until <= clock_timestamp()".formatted(tables.leases());
    }

    /** Deletes what is collected. Parameters: first tuple id, end of the tuple ids. */
    String collect() {
        return """
                delete from %s i using %s p
                 where i.ctid >= ?::tid and i.ctid < ?::tid and pg_visible_in_snapshot(i.xid, p.collected)""".formatted(tables.invalidations(), tables.epoch());
    }
}

package io.psycache.store;

/** The SQL that deletes ended entries and the log rows nobody needs any more. */
final class MaintenanceStatements {
    private final CacheTables tables;
    private final EntryStatements entries;

    MaintenanceStatements(CacheTables tables, EntryStatements entries) {
        this.tables = tables;
        this.entries = entries;
    }

    /** One at a time across nodes, until the end of the transaction. */
    String lock() {
        return "select pg_advisory_xact_lock(hashtext('psycache sweep'), '%s'::regclass::oid::int)"
                .formatted(tables.entries());
    }

    String pages() {
        return "select pg_relation_size('%s'::regclass) / current_setting('block_size')::int"
                .formatted(tables.entries());
    }

    String sample() {
        return "select p.epoch, pg_current_snapshot() from %s p".formatted(tables.epoch());
    }

    /** Parameters: first tuple id, end of the tuple ids, sample (may be null). */
    String sweep() {
        return """
                with ended as materialized (
                       select e.ctid as tid from %1$s e cross join (select ?::tid, ?::tid, ?::pg_snapshot) as r (first, past, sample)
                        where e.ctid >= r.first and e.ctid < r.past
                          and (e.expires_at <= statement_timestamp() or r.sample is not null and %2$s)),
                     free as (select e.ctid as tid from %1$s e where e.ctid = any (array(select tid from ended))
                                 for update skip locked),
                     gone as (delete from %1$s e where e.ctid = any (array(select tid from free)) returning 1)
                select (select count(*) from ended), (select count(*) from gone)""".formatted(
                        tables.entries(),
                        entries.invalidated(
                                "e.key", "e.tags", "e.snapshot", "false", "pg_visible_in_snapshot(i.xid, r.sample)"));
    }

    /** Nothing is deleted where a later sample has been collected already. Parameters: sample, its epoch, sample. */
    String collect() {
        return """
                with noted as (
                       update %s p set collected = r.sample
                         from (select ?::pg_snapshot, ?::uuid) as r (sample, epoch)
                        where p.epoch = r.epoch
                          and (p.collected is null or pg_snapshot_xmax(p.collected) < pg_snapshot_xmax(r.sample))
                       returning 1),
                     gone as (delete from %s i
                               where pg_visible_in_snapshot(i.xid, ?::pg_snapshot) and exists (select from noted)
                              returning 1)
                select count(*) from gone""".formatted(tables.epoch(), tables.invalidations());
    }
}

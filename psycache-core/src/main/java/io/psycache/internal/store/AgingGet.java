package io.psycache.internal.store;

/**
 * The SQL of a get, outside transactions, for callers that can load again in the background: it also finds an entry whose time
 * has ended, until {@code stale_until}, and says how much time each has. What an invalidation has ended it does not find.
 */
final class AgingGet {

    private AgingGet() {}

    /**
     * Per key its value, size, type, always the token of a load that begins now, and the microseconds to the end of its time: less
     * than zero once that has ended, null for an entry that never expires. {@code limit 1} is there as in other gets.
     */
    static String text(CacheTables tables, Validation validation) {
        return """
                select e.value, e.size, e.type, (select p.epoch from %1$s p), pg_current_snapshot(), e.remaining
                  from unnest((select ?::text[])) with ordinality r (key, n)
                  left join lateral (
                       select e.value, pg_column_size(e.value) as size, e.type,
                              case when isfinite(e.expires_at)
                                   then (extract(epoch from e.expires_at - statement_timestamp()) * 1000000)::bigint
                                   end as remaining
                         from %2$s e
                        where e.key = r.key and %3$s and not %4$s
                        limit 1) e on true
                 order by r.n""".formatted(tables.epoch(), tables.entries(), Validation.KEPT, validation.invalidated());
    }
}

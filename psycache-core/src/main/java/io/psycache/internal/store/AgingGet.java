package io.psycache.internal.store;

/**
 * The SQL of a get, outside transactions, for callers that can load again in the background. It also finds expired entries until
 * {@code stale_until}, and returns the remaining time of each. It finds no invalidated entry.
 */
final class AgingGet {

    private AgingGet() {}

    /**
     * Per key its value, size and type, always the token of a load that begins now, and the microseconds until it expires: negative
     * for a stale entry, null for one that never expires. {@code limit 1} has the same reason as in other gets.
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
                        where e.key = r.key and %3$s
                        limit 1) e on true
                 order by r.n""".formatted(tables.epoch(), tables.entries(), validation.servable());
    }
}

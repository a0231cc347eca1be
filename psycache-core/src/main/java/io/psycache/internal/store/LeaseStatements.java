package io.psycache.internal.store;

/** The SQL of leases. Batches lock rows in the order of their keys' bytes, as those of entries do. */
final class LeaseStatements {
    private final String take;
    private final String release;

    LeaseStatements(CacheTables tables, Validation validation) {
        this.take = takeText(tables, validation);
        this.release = releaseText(tables);
    }

    /**
     * Two statements in one round trip: takes the leases that are free or have run out, and returns their keys; then returns
     * which of the keys have a valid entry. The second sees what was stored before a lease became free. Parameters: keys, owners,
     * times in microseconds, keys.
     */
    String take() {
        return take;
    }

    /** A lease that is held is only read: to try to insert it would cost a transaction id and a lock. */
    private static String takeText(CacheTables tables, Validation validation) {
        return """
                insert into %1$s as l (key, owner, until)
                select r.key, r.owner::uuid, clock_timestamp() + r.micros * interval '1 microsecond'
                  from unnest((select ?::text[]), (select ?::text[]), (select ?::bigint[])) as r (key, owner, micros)
                 where not exists (select from %1$s held where held.key = r.key and held.until > clock_timestamp())
                 order by r.key collate "C"
                on conflict (key) do update set owner = excluded.owner, until = excluded.until
                 where l.until <= clock_timestamp()
                returning key;
                select e.key from %2$s e where e.key = any ((select ?::text[])::text[]) and %3$s""".formatted(tables.leases(), tables.entries(), validation.valid());
    }

    /** Gives leases up, unless they have run out and somebody else has them. Parameters: keys, owners. */
    String release() {
        return release;
    }

    private static String releaseText(CacheTables tables) {
        return """
                with own as (select l.key from %1$s l, unnest((select ?::text[]), (select ?::text[])) as r (key, owner)
                              where l.key = r.key and l.owner = r.owner::uuid
                              order by l.key collate "C" for update of l)
                delete from %1$s l using own where l.key = own.key""".formatted(tables.leases());
    }
}

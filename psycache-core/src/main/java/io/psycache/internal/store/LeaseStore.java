package io.psycache.internal.store;

import static io.psycache.internal.store.session.ConnectionTemplate.TEXT;
import static io.psycache.internal.store.session.ConnectionTemplate.rows;

import io.psycache.internal.store.session.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Leases of keys: the owner of a lease loads the key while others wait. A lease is a row and no lock, so no connection is held; one
 * that its owner does not release expires by the database's clock. Used outside transactions. Batches lock rows in the order of their
 * keys' bytes, as those of entries do. Thread-safe.
 */
public final class LeaseStore {

    /**
     * Two statements in one round trip: takes the leases that are free or have expired, and returns their keys; then returns which of
     * the keys have a valid entry. The second sees what was stored before a lease became free. A lease that is held is only read: to
     * try to insert it would cost a transaction id and a lock. Parameters: keys, owners, times in microseconds, keys.
     */
    private final String take;

    private final String release;

    /**
     * One lease.
     *
     * @param key as it is stored ({@link StoredKeys})
     * @param owner a UUID that no other lease has
     * @param time after which it expires
     */
    public record Lease(String key, String owner, Duration time) {}

    /**
     * The result of taking leases.
     *
     * @param granted the keys that were free
     * @param stored the keys that have a valid entry now, granted or not
     */
    public record Leased(Set<String> granted, Set<String> stored) {}

    public LeaseStore(CacheTables tables) {
        this.take = """
                insert into %1$s as l (key, owner, until)
                select r.key, r.owner::uuid, clock_timestamp() + r.micros * interval '1 microsecond'
                  from unnest((select ?::text[]), (select ?::text[]), (select ?::bigint[])) as r (key, owner, micros)
                 where not exists (select from %1$s held where held.key = r.key and held.until > clock_timestamp())
                 order by r.key collate "C"
                on conflict (key) do update set owner = excluded.owner, until = excluded.until
                 where l.until <= clock_timestamp()
                returning key;
                select e.key from %2$s e where e.key = any ((select ?::text[])::text[]) and %3$s""".formatted(tables.leases(), tables.entries(), new Validation(tables).valid());
        this.release = release(tables);
    }

    /** The statement that releases the leases which are still their owners'. Parameters: keys, owners; null = none. */
    static String release(CacheTables tables) {
        return """
                with own as (select l.key from %1$s l, unnest((select ?::text[]), (select ?::text[])) as r (key, owner)
                              where l.key = r.key and l.owner = r.owner::uuid
                              order by l.key collate "C" for update of l)
                delete from %1$s l using own where l.key = own.key""".formatted(tables.leases());
    }

    /** Takes the leases that are free; the keys of {@code leases} are distinct. */
    public Leased take(Session session, Collection<Lease> leases) {
        Object[] micros =
                leases.stream().map(lease -> EntryArrays.micros(lease.time)).toArray(Long[]::new);
        return session.query(
                "take leases",
                jdbc -> Objects.requireNonNull(jdbc.execute(take, (PreparedStatement statement) -> {
                    bind(statement, leases);
                    new SqlArrayValue("bigint", micros).setValue(statement, 3);
                    EntryArrays.bind(statement, 4, keys(leases));
                    statement.execute();
                    return new Leased(Set.copyOf(rows(statement, TEXT)), Set.copyOf(rows(statement, TEXT)));
                })));
    }

    private static void bind(PreparedStatement statement, Collection<Lease> leases) throws SQLException {
        EntryArrays.bind(statement, 1, keys(leases));
        EntryArrays.bind(statement, 2, leases.stream().map(Lease::owner).toList());
    }

    private static List<String> keys(Collection<Lease> leases) {
        return leases.stream().map(Lease::key).toList();
    }

    /** Releases leases; those that have expired and are others' now stay theirs. */
    public int release(Session session, Collection<Lease> leases) {
        return session.query("release leases", jdbc -> jdbc.update(release, statement -> bind(statement, leases)));
    }
}

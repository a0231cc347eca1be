package io.psycache.internal.backend;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.EntryWrites;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.LeaseStore;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import io.psycache.internal.store.session.StatementOutcomes;

/**
 * The SQL of the tables, and the connections that it runs on.
 *
 * @param outcomes told how reads outside a transaction end
 */
record Stores(
        Sessions sessions,
        StatementOutcomes outcomes,
        EntryReads reads,
        EntryWrites writes,
        InvalidationLog log,
        LeaseStore leases) {

    static Stores of(Sessions sessions, CacheTables tables, boolean isApart, StatementOutcomes outcomes) {
        EntryReads reads = new EntryReads(tables, isApart);
        return new Stores(
                sessions,
                outcomes,
                reads,
                new EntryWrites(tables, reads),
                new InvalidationLog(tables),
                new LeaseStore(tables));
    }

    /** For a get or a look that ends at {@code deadline}. */
    Session reading(long deadline) {
        return sessions.reading(deadline, outcomes);
    }
}

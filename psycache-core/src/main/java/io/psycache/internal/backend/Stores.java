package io.psycache.internal.backend;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.EntryWrites;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.LeaseStore;
import io.psycache.internal.store.session.Sessions;

/** The SQL of the tables, and the connections that it runs on. */
record Stores(Sessions sessions, EntryReads reads, EntryWrites writes, InvalidationLog log, LeaseStore leases) {

    static Stores of(Sessions sessions, CacheTables tables, boolean isApart) {
        EntryReads reads = new EntryReads(tables, isApart);
        return new Stores(
                sessions, reads, new EntryWrites(tables, reads), new InvalidationLog(tables), new LeaseStore(tables));
    }
}

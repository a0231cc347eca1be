package io.psycache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.schema.Schema;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Leases that go with the puts of what was loaded under them. */
class LeaseStoreTests {
    private static final CacheTables TABLES = new CacheTables("", "psycache");

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(new Schema(TABLES)::create);

    private final Session session = new Sessions(database.dataSource(), Duration.ofSeconds(30)).unbounded();
    private final EntryReads reads = new EntryReads(TABLES, false);
    private final EntryWrites writes = new EntryWrites(TABLES, reads);
    private final LeaseStore leases = new LeaseStore(TABLES);
    private final LoadToken token = (LoadToken) reads.token(session);

    private static Lease lease(String key) {
        return new Lease(key, UUID.randomUUID().toString(), Duration.ofMinutes(5));
    }

    private Put loaded(String key, @Nullable String leaseOwner) {
        Entry entry = new Entry(key, "1".getBytes(), null, Duration.ZERO, List.of(), null, null);
        return new Put.Loaded(entry, token, leaseOwner, false);
    }

    @Test
    void aBatchReleasesTheLeasesThatAreStillItsOwn() {
        Lease stored = lease("stored");
        Lease refused = lease("refused");
        leases.take(session, List.of(stored, refused, lease("taken over"), lease("of another load")));
        database.execute("insert into psycache_invalidation (tag) values ('k:refused')");

        assertThat(writes.put(
                        session,
                        List.of(
                                loaded("stored", stored.owner()),
                                loaded("refused", refused.owner()),
                                loaded("taken over", UUID.randomUUID().toString()),
                                loaded("of another load", null))))
                .containsOnlyKeys("stored", "taken over", "of another load");
        assertThat(database.queryForString("select string_agg(key, ', ' order by key) from psycache_lease"))
                .isEqualTo("of another load, taken over");
    }
}

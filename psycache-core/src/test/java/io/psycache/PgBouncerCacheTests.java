package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.psycache.testsupport.PgBouncer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;

/**
 * Through PgBouncer in transaction mode: each statement may reach another session of the server. Where there is none the tests are
 * skipped, or fail if the environment variable {@code PSYCACHE_REQUIRE_PGBOUNCER} is set.
 */
class PgBouncerCacheTests extends PostgresCacheContract {
    private PgBouncer bouncer;

    @BeforeAll
    void startBouncer() {
        if (System.getenv("PSYCACHE_REQUIRE_PGBOUNCER") == null) {
            assumeTrue(PgBouncer.isInstalled(), "no PgBouncer: install the package pgbouncer to test with it");
        }
        assertThat(PgBouncer.isInstalled()).as("pgbouncer is installed").isTrue();
        bouncer = database.closing(PgBouncer.start(database));
    }

    @Override
    DataSource dataSource() {
        return bouncer.dataSource();
    }

    /** The search path of a connection is lost on the way. */
    @Override
    PostgresCache.Builder settings(PostgresCache.Builder builder) {
        return builder.schema(database.schema());
    }
}

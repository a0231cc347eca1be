package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** A data source that chooses its database by the thread, with {@code maxBatch(1)}: each caller sends its own, on its own thread. */
class ThreadRoutedDataSourceTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    @RegisterExtension
    private final TestDatabase one = TestDatabase.create(PsycacheSchema::create);

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create(PsycacheSchema::create);

    private final PostgresCache cache =
            one.closing(PostgresCache.builder(routed()).maxBatch(1).build());

    private AbstractRoutingDataSource routed() {
        AbstractRoutingDataSource routed = new AbstractRoutingDataSource() {
            @Override
            protected Object determineCurrentLookupKey() {
                return TENANT.get();
            }
        };
        routed.setTargetDataSources(Map.of("one", one.dataSource(), "other", other.dataSource()));
        routed.afterPropertiesSet();
        return routed;
    }

    @AfterEach
    void leave() {
        TENANT.remove();
    }

    private static void enter(String tenant) {
        TENANT.set(tenant);
    }

    @Test
    void loadedValuesAreStoredWhereTheirCallerReads() {
        for (String tenant : List.of("one", "other")) {
            enter(tenant);
            assertThat(cache.getOrLoad("k", String.class, TTL, () -> tenant)).isEqualTo(tenant);
            cache.getAllOrLoad(List.of("a"), String.class, TTL, missing -> Map.of("a", tenant));
            CacheRegion region = cache.region("r");
            region.put(region.lookup("l", type -> String.class), tenant, String.class, TTL);
        }

        assertThat(valuesOf(one)).isEqualTo("\"one\" \"one\" \"one\"");
        assertThat(valuesOf(other)).isEqualTo("\"other\" \"other\" \"other\"");
    }

    private static String valuesOf(TestDatabase database) {
        return database.queryForString("select string_agg(value::text, ' ' order by key) from psycache");
    }

    @Test
    void aThreadMayChooseTheSchemaOfOnePool() {
        DataSource byThread = new DelegatingDataSource(one.newPool(1, true)) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                connection.setSchema(TENANT.get());
                return connection;
            }
        };
        PostgresCache cache =
                one.closing(PostgresCache.builder(byThread).maxBatch(1).build());
        for (int i = 0; i < 10; i++) {
            String key = "k" + i;
            for (TestDatabase tenant : List.of(one, other)) {
                enter(tenant.schema());
                cache.getOrLoad(key, String.class, TTL, tenant::schema);
                assertThat(cache.get(key, String.class)).contains(tenant.schema());
            }
        }
    }

    @Test
    void aTenantReadsItsOwn() {
        enter("one");
        cache.put("k", "one", TTL);
        enter("other");
        assertThat(cache.get("k", String.class)).isEmpty();
        assertThat(cache.remove("k")).isFalse();
        enter("one");
        assertThat(cache.get("k", String.class)).contains("one");
    }
}

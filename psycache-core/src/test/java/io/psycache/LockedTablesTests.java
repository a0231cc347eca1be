package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheSettings.Partition;
import io.psycache.instrumentation.SkipReason;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that use the cache while another session has locked its tables. */
@Timeout(60)
class LockedTablesTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final HikariDataSource pool = database.newPool(5, true);
    private final AtomicInteger statements = new AtomicInteger();
    private final DataSource dataSource = ObservedDataSource.of(pool, new ObservedDataSource.Listener() {
        @Override
        public void executes(String sql) {
            statements.incrementAndGet();
        }
    });
    private final PostgresCache cache = database.closing(
            PostgresCache.builder(dataSource).partition(Partition.SINGLE).build());
    private final JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(dataSource));

    @BeforeEach
    void put() {
        cache.put("k", "v", TTL);
        database.execute("create table data (v text)");
    }

    /** While another session holds a lock on the table that excludes everybody. */
    private void whileLocked(String table, Runnable work) {
        try (Connection connection = database.unpooled().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table " + table + " in access exclusive mode");
            work.run();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"psycache", "psycache_invalidation", "psycache_epoch"})
    void oneGetOfATransactionWaitsAndTheOthersAreMissesAtOnce(String table) {
        whileLocked(table, () -> {
            transaction.executeWithoutResult(status -> {
                jdbc.update("insert into data values ('x')");
                assertThat(cache.get("k", String.class)).isEmpty();
                int before = statements.get();
                for (int i = 0; i < 20; i++) {
                    assertThat(cache.get("k", String.class)).isEmpty();
                    assertThat(cache.getOrLoad("k", String.class, TTL, () -> "loaded"))
                            .isEqualTo("loaded");
                }
                assertThat(statements.get() - before).isZero();
            });
        });
        assertThat(database.queryForLong("select count(*) from data")).isEqualTo(1);
        String after =
                transaction.execute(status -> cache.get("k", String.class).orElse(null));
        assertThat(after).as("in the next transaction").isEqualTo("v");
    }

    @Test
    void theReasonIsTold() {
        CacheRegion region = cache.region("r");
        whileLocked("psycache", () -> {
            List<SkipReason> reasons = transaction.execute(status -> List.of(
                    region.lookup("a", type -> String.class).skipped(),
                    region.lookup("b", type -> String.class).skipped(),
                    region.begin().skipped()));
            assertThat(reasons).containsOnly(SkipReason.TABLES_LOCKED);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7s"})
    void theTransactionKeepsItsOwnLockTimeout(String own) {
        transaction.executeWithoutResult(status -> {
            jdbc.execute("set local lock_timeout = '" + own + "'");
            cache.get("k", String.class);
            assertThat(jdbc.queryForObject("show lock_timeout", String.class)).isEqualTo(own);
        });
        whileLocked("psycache", () -> {
            transaction.executeWithoutResult(status -> {
                jdbc.execute("set local lock_timeout = '" + own + "'");
                cache.get("k", String.class);
                assertThat(jdbc.queryForObject("show lock_timeout", String.class))
                        .isEqualTo(own);
            });
        });
    }

    @Test
    void anEvictionWaitsUnderTheLockTimeoutOfItsTransaction() {
        whileLocked("psycache_invalidation", () -> {
            assertThatExceptionOfType(DataAccessException.class)
                    .isThrownBy(() -> transaction.executeWithoutResult(status -> {
                        jdbc.execute("set local lock_timeout = '200ms'");
                        cache.get("k", String.class);
                        cache.remove("k");
                    }))
                    .withMessageContaining("lock timeout");
        });
    }

    @Test
    void aSuspendedTransactionTakesItsMarkAlong() {
        TransactionTemplate apart = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        transaction.executeWithoutResult(outer -> {
            whileLocked("psycache", () -> {
                cache.get("k", String.class);
            });
            String inner = apart.execute(status -> cache.get("k", String.class).orElse(null));
            assertThat(inner).isEqualTo("v");
            assertThat(cache.get("k", String.class)).isEmpty();
        });
    }
}

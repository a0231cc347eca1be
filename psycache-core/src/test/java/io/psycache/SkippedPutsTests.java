package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Observers are told why loaded values are not stored, whatever they are. */
class SkippedPutsTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create();

    private final List<SkipReason> reasons = new CopyOnWriteArrayList<>();
    private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    private PostgresCache cache;

    @BeforeEach
    void start() {
        PsycacheSchema.create(database.dataSource());
        database.execute("create table written (id int)");
        cache = cache(builder -> {});
    }

    private PostgresCache cache(Consumer<PostgresCache.Builder> settings) {
        CacheInstrumentation observer = new CacheInstrumentation() {
            @Override
            public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
                return new Span() {
                    @Override
                    public void recordSkipped(SkipReason reason) {
                        reasons.add(reason);
                    }
                };
            }
        };
        PostgresCache.Builder builder =
                PostgresCache.builder(database.dataSource()).instrumentations(List.of(observer));
        settings.accept(builder);
        return database.closing(builder.build());
    }

    private void load() {
        assertThat(cache.getOrLoad("k", String.class, () -> "v")).isEqualTo("v");
    }

    @Test
    void noneOutsideATransaction() {
        load();
        assertThat(reasons).isEmpty();
        assertThat(cache.get("k", String.class)).contains("v");
    }

    @Test
    void aTransactionThatHasWritten() {
        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into written values (1)");
            load();
            cache.getAllOrLoad(List.of("k"), String.class, null, keys -> Map.of("k", "v"));
        });
        assertThat(reasons).containsExactly(SkipReason.TRANSACTION_HAS_WRITTEN, SkipReason.TRANSACTION_HAS_WRITTEN);
    }

    @Test
    void aSerializableTransaction() {
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        transaction.executeWithoutResult(status -> load());
        assertThat(reasons).containsExactly(SkipReason.SERIALIZABLE);
    }

    @Test
    void aWriteThatBeganInASerializableTransaction() {
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        CacheRegion region = cache.region("r");
        transaction.executeWithoutResult(status -> {
            CacheRegion.Beginning beginning = region.begin();
            assertThat(beginning.skipped()).isEqualTo(SkipReason.SERIALIZABLE);
            assertThat(region.put(beginning, "k", "v", String.class, null)).isFalse();
        });
        assertThat(reasons).containsExactly(SkipReason.SERIALIZABLE);
    }

    @Test
    void aSessionThatIsSerializableByDefault() {
        transaction.executeWithoutResult(status -> {
            jdbc.execute("set transaction isolation level serializable");
            load();
        });
        assertThat(reasons).containsExactly(SkipReason.SERIALIZABLE);
    }

    @Test
    void anAbortedTransaction() {
        transaction.executeWithoutResult(status -> {
            assertThat(catchThrowable(() -> jdbc.execute("select 1/0"))).isNotNull();
            load();
            status.setRollbackOnly();
        });
        assertThat(reasons).containsExactly(SkipReason.TRANSACTION_ABORTED);
    }

    @Test
    void anAsynchronousCallInATransaction() {
        transaction.executeWithoutResult(status -> assertThat(
                        cache.async().getOrLoad("k", String.class, () -> CompletableFuture.completedFuture("v")))
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo("v"));
        assertThat(reasons).containsExactly(SkipReason.ASYNCHRONOUS);
    }

    @Test
    void aTransactionOfOneSnapshotOnAnotherDataSource() {
        TransactionTemplate foreign = new TransactionTemplate(new DataSourceTransactionManager(other.dataSource()));
        foreign.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        foreign.executeWithoutResult(status -> load());
        assertThat(reasons).containsExactly(SkipReason.FOREIGN_TRANSACTION);
    }

    @Test
    void tablesThatWereEmptied() {
        database.execute("delete from psycache_epoch");
        load();
        load();
        assertThat(reasons).containsExactly(SkipReason.EMPTIED_TABLES);
        assertThat(cache.get("k", String.class)).contains("v");
    }

    @Test
    void aContextThatHadReadBeforeTheCacheKnewOfIt() {
        Object context = new Object();
        cache = cache(builder -> builder.readContexts(() -> Map.of(context, false)));
        load();
        assertThat(reasons).containsExactly(SkipReason.PERSISTENCE_CONTEXT);
    }
}

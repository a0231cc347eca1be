package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.testsupport.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Asynchronous calls in transactions, whose callbacks belong to the thread of their caller. */
class AsyncInTransactionTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final PostgresCache cache =
            database.closing(PostgresCache.builder(database.dataSource()).build());

    private <T> T in(DataSource transactional, Function<AsyncPostgresCache, CompletableFuture<T>> call) {
        return new TransactionTemplate(new DataSourceTransactionManager(transactional))
                .execute(status -> call.apply(cache.async()).join());
    }

    private boolean isPutIfAbsent(DataSource transactional, int value) {
        return in(transactional, async -> async.putIfAbsent("k", value, null));
    }

    @Test
    void putIfAbsentStoresAfterTheCommit() {
        assertThat(isPutIfAbsent(database.dataSource(), 1)).isTrue();
        await().untilAsserted(() -> assertThat(cache.get("k", Integer.class)).contains(1));
        assertThat(isPutIfAbsent(database.dataSource(), 2)).isFalse();
    }

    @Test
    void putIfAbsentStoresAfterTheCommitElsewhere() {
        assertThat(isPutIfAbsent(database.newPool(1, true), 1)).isTrue();
        await().untilAsserted(() -> assertThat(cache.get("k", Integer.class)).contains(1));
    }

    @Test
    void whatIsLoadedElsewhereIsNotStored() {
        Map<String, Integer> loaded = in(
                database.newPool(1, true),
                async -> async.getAllOrLoad(
                        List.of("k"), Integer.class, null, keys -> CompletableFuture.completedFuture(Map.of("k", 1))));
        assertThat(loaded).containsEntry("k", 1);
        assertThat(cache.exists("k")).isFalse();
    }
}

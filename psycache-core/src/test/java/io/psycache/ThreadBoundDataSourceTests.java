package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheSettings.Partition;
import io.psycache.instrumentation.SkipReason;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** A data source of a class that psycache does not know, which chooses the schema by the thread. */
@ExtendWith(OutputCaptureExtension.class)
class ThreadBoundDataSourceTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

    @RegisterExtension
    private final TestDatabase one = TestDatabase.create(PsycacheSchema::create);

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create(PsycacheSchema::create);

    private final DataSource byThread = new DelegatingDataSource(one.newPool(10, true)) {
        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connection.setSchema(TENANT.get());
            return connection;
        }
    };

    private final PostgresCache cache =
            one.closing(PostgresCache.builder(byThread).build());

    private final TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(byThread));

    @AfterEach
    void leave() {
        TENANT.remove();
    }

    private static void enter(TestDatabase tenant) {
        TENANT.set(tenant.schema());
    }

    private static List<String> rowsOf(TestDatabase database) {
        String rows = database.queryForString(
                "select string_agg(key || '=' || (value #>> '{}'), ' ' order by key) from psycache");
        return rows == null ? List.of() : List.of(rows.split(" "));
    }

    @Test
    void aTenantReadsItsOwn() {
        for (int i = 0; i < 10; i++) {
            String key = "k" + i;
            for (TestDatabase tenant : List.of(one, other)) {
                enter(tenant);
                cache.getOrLoad(key, String.class, TTL, tenant::schema);
                assertThat(cache.get(key, String.class)).contains(tenant.schema());
            }
        }
    }

    @Test
    void aClassThatIsNotKnownIsNamedWithTheCure(CapturedOutput output) {
        one.closing(PostgresCache.builder(byThread).build());

        assertThat(output)
                .contains(byThread.getClass().getName())
                .contains("psycache.partition=single")
                .contains("psycache.partition=thread");
    }

    @Test
    void aPartitionThatIsSetIsNotWarnedOf(CapturedOutput output) {
        int before = output.getOut().length();
        one.closing(PostgresCache.builder(byThread).partition(Partition.THREAD).build());
        one.closing(PostgresCache.builder(byThread).partition(Partition.SINGLE).build());

        assertThat(output.getOut().substring(before)).doesNotContain("does not know whether");
    }

    /** Both loaders are under way at once, which they can't be if one caller waits for the load of the other. */
    @Test
    void callersDoNotShareLoads() throws Exception {
        CyclicBarrier bothLoad = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<String>> loads = List.of(one, other).stream()
                    .map(tenant -> threads.submit(() -> {
                        enter(tenant);
                        return cache.getOrLoad("k", String.class, TTL, () -> {
                            bothLoad.await(10, TimeUnit.SECONDS);
                            return tenant.schema();
                        });
                    }))
                    .toList();
            assertThat(loads.get(0).get()).isEqualTo(one.schema());
            assertThat(loads.get(1).get()).isEqualTo(other.schema());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void oneOfTwoThreadsStoresWhatIsAbsent() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 50; i++) {
                String key = "k" + i;
                CyclicBarrier bothPut = new CyclicBarrier(2);
                List<Future<Boolean>> stored = List.of("a", "b").stream()
                        .map(value -> threads.submit(() -> {
                            enter(one);
                            bothPut.await(10, TimeUnit.SECONDS);
                            return cache.putIfAbsent(key, value, TTL);
                        }))
                        .toList();
                assertThat(List.of(stored.get(0).get(), stored.get(1).get()))
                        .as(key)
                        .containsExactlyInAnyOrder(true, false);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void putsOfATransactionAreStoredByItsThread() {
        for (TestDatabase tenant : List.of(one, other)) {
            enter(tenant);
            transaction.executeWithoutResult(status -> cache.put("p", "written", TTL));
            transaction.executeWithoutResult(status -> cache.getOrLoad("l", String.class, TTL, () -> "loaded"));
            assertThat(rowsOf(tenant)).containsExactly("l=loaded", "p=written");
        }
    }

    @Test
    void evictionsOfAReadOnlyTransactionAreRunByItsThread() {
        TransactionTemplate readOnly = new TransactionTemplate(new DataSourceTransactionManager(byThread));
        readOnly.setReadOnly(true);
        for (TestDatabase tenant : List.of(one, other)) {
            enter(tenant);
            cache.put("k", "v", TTL);
        }
        readOnly.executeWithoutResult(status -> cache.remove("k"));

        assertThat(cache.get("k", String.class)).isEmpty();
        enter(one);
        assertThat(cache.get("k", String.class)).contains("v");
    }

    @Test
    void theCleanupIsThatOfItsCaller() {
        enter(other);
        cache.put("k", "v", Duration.ofMillis(1));
        await().pollInSameThread().until(() -> !cache.exists("k"));

        assertThat(cache.cleanupExpired()).isEqualTo(1);
        assertThat(rowsOf(other)).isEmpty();
    }

    @Test
    void asynchronousCallsAreSentByTheirCaller() {
        enter(other);
        cache.async().put("k", "v", TTL).join();
        assertThat(cache.async().get("k", String.class)).isCompletedWithValueMatching(found -> found.isPresent());
        assertThat(cache.async().increment("n", 1, TTL)).isCompletedWithValue(1L);
        assertThat(cache.async().removeAll(List.of("n"))).isCompletedWithValue(1L);
        assertThat(rowsOf(other)).containsExactly("k=v");
        assertThat(cache.async().flush()).isCompletedWithValue(1L);
        assertThat(rowsOf(one)).isEmpty();
    }

    /** The thread that completes the future may have another schema. */
    @Test
    void whatEndsOnAnotherThreadIsNotStored() {
        enter(one);
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<LoadOutcome> outcome =
                cache.region("r").getOrLoadAsync("k", type -> String.class, value -> String.class, TTL, () -> loading);
        CompletableFuture<@Nullable String> plain = cache.async().getOrLoad("p", String.class, TTL, () -> loading);
        enter(other);
        loading.complete("of one");

        assertThat(outcome.join().value()).isEqualTo("of one");
        assertThat(outcome.join().skipped()).isEqualTo(SkipReason.ASYNCHRONOUS);
        assertThat(plain.join()).isEqualTo("of one");
        assertThat(rowsOf(one)).isEmpty();
        assertThat(rowsOf(other)).isEmpty();
        assertThat(cache.region("r").lookupAsync("k", type -> String.class)).isNull();
    }
}

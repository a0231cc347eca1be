package io.psycache.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.cache.Cache;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * Transactions of the application's that use the cache at once do not fail for it, and those of the usual schemes do. All
 * transactions of a round meet in the middle. {@code -Dpsycache.rounds} says how many rounds, 20 by default.
 */
class ConcurrentTransactionsTests {
    private static final int ROUNDS = Integer.getInteger("psycache.rounds", 20);
    private static final int ROWS = 10_000;

    private Application app;
    private Transactions transactions;
    private Cache cache;

    private String name;

    @BeforeEach
    void note(TestInfo test) {
        name = test.getDisplayName();
    }

    private void open(int poolSize) {
        app = new Application(poolSize, true, ConcurrentTransactionsTests::register);
        transactions = app.transactions(false);
        cache = app.caches.getCache("items");
        app.database.execute("insert into data select i, 'old' from generate_series(1, " + ROWS + ") i; analyze data");
    }

    private static void register(GenericApplicationContext context, DataSource dataSource) {
        context.registerBean(JdbcTransactionManager.class, () -> new JdbcTransactionManager(dataSource));
        context.registerBean(Rows.class, () -> new Rows.Jdbc(dataSource));
    }

    @AfterEach
    void close() {
        app.close();
    }

    /** What a member of a round does, in its transaction. */
    private interface Work {
        void run(int member, Meeting meeting) throws Exception;
    }

    /** Where all members of a round wait for each other. */
    private interface Meeting {
        void await() throws Exception;
    }

    private interface Kind {
        void run(Runnable work);
    }

    private List<Throwable> failures(int members, int rounds, Kind kind, Work work) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(members);
        for (int round = 0; round < rounds; round++) {
            CyclicBarrier barrier = new CyclicBarrier(members);
            Meeting meeting = () -> barrier.await(30, TimeUnit.SECONDS);
            IntFunction<Callable<Void>> task = member -> () -> {
                kind.run(() -> unchecked(work, member, meeting));
                return null;
            };
            for (Future<Void> future :
                    threads.invokeAll(IntStream.range(0, members).mapToObj(task).toList())) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    failures.add(e.getCause());
                }
            }
        }
        threads.shutdown();
        System.out.printf(
                "%s: %d transactions at once, %d rounds, ended by %s%n",
                name,
                members,
                rounds,
                failures.stream().collect(Collectors.groupingBy(Throwable::getClass, Collectors.counting())));
        return failures;
    }

    private static void unchecked(Work work, int member, Meeting meeting) {
        try {
            work.run(member, meeting);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int row(int member) {
        return 1 + member * (ROWS / 100);
    }

    @Test
    void transactionsThatEvictInOppositeOrdersDoNotDeadlock() throws Exception {
        open(40);
        List<Throwable> failures = failures(40, ROUNDS, transactions::required, (member, meeting) -> {
            app.bean(Rows.class).write(row(member), "new");
            cache.evict(member % 2);
            meeting.await();
            cache.evict(1 - member % 2);
        });
        assertThat(failures).isEmpty();
        assertThat(app.database.queryForLong("select count(*) from psycache_invalidation"))
                .isEqualTo(ROUNDS * 80L);
    }

    @Test
    void controlTransactionsThatDeleteRowsInOppositeOrdersDeadlock() throws Exception {
        open(2);
        cache.put(0, "old");
        cache.put(1, "old");
        List<Throwable> failures = failures(2, 1, transactions::required, (member, meeting) -> {
            delete(member);
            meeting.await();
            delete(1 - member);
        });
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(PessimisticLockingFailureException.class)
                        .hasMessageContaining("deadlock detected"));
    }

    private void delete(int key) {
        app.jdbc.update("delete from psycache where key = 'items::" + key + "'");
    }

    @Test
    void tenTransactionsThatHoldAPoolOfTenUseTheCache() throws Exception {
        open(10);
        IntStream.range(0, 10).forEach(member -> cache.put("cached" + member, "value"));
        List<Throwable> failures = failures(10, ROUNDS, transactions::required, (member, meeting) -> {
            app.bean(Rows.class).write(row(member), "new");
            meeting.await();
            assertThat(cache.get("cached" + member, String.class)).isEqualTo("value");
            assertThat(cache.get("loaded" + member, () -> "loaded")).isEqualTo("loaded");
            cache.put("put" + member, "value");
            cache.evict("loaded" + member);
            cache.evictIfPresent("put" + member);
            cache.clear();
            meeting.await();
            throw new Texts.Undone();
        });
        assertThat(failures)
                .hasSize(10 * ROUNDS)
                .allSatisfy(failure -> assertThat(failure).isInstanceOf(Texts.Undone.class));
    }

    @Test
    void controlASecondConnectionInsideTheTransactionTimesOut() throws Exception {
        open(10);
        app.limitWaitForAConnection();
        List<Throwable> failures = failures(10, 1, transactions::required, (member, meeting) -> {
            app.bean(Rows.class).write(row(member), "new");
            meeting.await();
            try (Connection second = app.pool.getConnection()) {
                assertThat(second).isNull();
            } finally {
                meeting.await();
            }
        });
        assertThat(failures)
                .hasSize(10)
                .allSatisfy(failure -> assertThat(failure).hasCauseInstanceOf(SQLTransientConnectionException.class));
    }

    @Test
    void serializableTransactionsOnRowsOfTheirOwnDoNotFail() throws Exception {
        open(10);
        assertThat(failures(8, ROUNDS, transactions::serializable, this::change))
                .isEmpty();
    }

    private void change(int member, Meeting meeting) throws Exception {
        Rows rows = app.bean(Rows.class);
        assertThat(cache.get(member, () -> rows.read(row(member)))).isNotNull();
        meeting.await();
        rows.write(row(member), "new");
        cache.evict(member);
        meeting.await();
    }

    @Test
    void controlSerializableTransactionsThatReadTheLogFail() throws Exception {
        open(10);
        List<Throwable> failures = failures(8, 1, transactions::serializable, (member, meeting) -> {
            app.jdbc.queryForObject(
                    "select count(*) from psycache_invalidation where tag = ?", Long.class, "key" + member);
            change(member, meeting);
        });
        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).isInstanceOf(ConcurrencyFailureException.class));
    }
}

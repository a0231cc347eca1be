package io.psycache.stress;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The data, with a set of rows for each way of caching, and which version of each row is known to be committed: it is told
 * first of all after the commit, so that a read which begins then has to see that version.
 */
class Ledger {
    static final int ROWS = 50;

    private static final int COMMITS_PER_WINDOW = 20;
    private static final Duration LONGEST_WINDOW = Duration.ofMillis(20);

    private final JdbcTemplate jdbc;
    private final Map<String, AtomicLongArray> committed = new ConcurrentHashMap<>();
    private final Map<String, AtomicLongArray> reads = new ConcurrentHashMap<>();
    private final LongAdder commits = new LongAdder();
    private final LongAdder loads = new LongAdder();

    Ledger(DataSource dataSource) {
        jdbc = new JdbcTemplate(dataSource);
    }

    void create(String way) {
        jdbc.execute("create table if not exists item (way text, id int, version bigint, primary key (way, id))"
                + " with (fillfactor = 50)");
        jdbc.update("insert into item select ?, id, 0 from generate_series(0, ?) id", way, ROWS - 1);
    }

    /** The row as the transaction of this thread sees it. */
    Item load(String way, int id) {
        loads.increment();
        return new Item(way, id, version(way, id));
    }

    long version(String way, int id) {
        return jdbc.queryForObject("select version from item where way = ? and id = ?", Long.class, way, id);
    }

    /** Changes the row in the transaction of this thread. */
    Item change(String way, int id, long step) {
        long version = jdbc.queryForObject(
                "update item set version = version + ? where way = ? and id = ? returning version",
                Long.class,
                step,
                way,
                id);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                of(committed, way).accumulateAndGet(id, version, Math::max);
                commits.increment();
                if (version % COMMITS_PER_WINDOW == 0) {
                    letOthersRead(way, id);
                }
            }
        });
        return new Item(way, id, version);
    }

    /** Whatever comes after the commit comes late: some reads of the row begin and end before it. */
    private void letOthersRead(String way, int id) {
        long enough = of(reads, way).get(id) + Stress.READERS + 1;
        long end = System.nanoTime() + LONGEST_WINDOW.toNanos();
        while (of(reads, way).get(id) < enough && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    private static AtomicLongArray of(Map<String, AtomicLongArray> rows, String way) {
        return rows.computeIfAbsent(way, key -> new AtomicLongArray(ROWS));
    }

    long committed(String way, int id) {
        return of(committed, way).get(id);
    }

    void wasRead(String way, int id) {
        of(reads, way).incrementAndGet(id);
    }

    long commits() {
        return commits.sum();
    }

    long loads() {
        return loads.sum();
    }
}

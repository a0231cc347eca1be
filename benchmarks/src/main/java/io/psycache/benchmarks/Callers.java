package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process that gets entries of which it has copies, whenever it is told to, and counts what it asks of the database. */
final class Callers {
    private static final Kind<FixedOrder> KIND = Kind.SHARED;

    private final LongAdder statements = new LongAdder();
    private final LongAdder gets = new LongAdder();
    private final StatementsDataSource dataSource;
    private final PostgresCache cache;

    private Callers(HikariDataSource pool) {
        dataSource = new StatementsDataSource(pool, sql -> {
            statements.increment();
            return sql;
        });
        cache = Contenders.cache(dataSource, NearContenders.ALL_BYTES);
    }

    /** So many threads that get for a while. */
    record Task(int threads, boolean isStrict, Duration length) {

        static Task parsed(String line) {
            String[] parts = line.split(" ");
            return new Task(Integer.parseInt(parts[0]), Boolean.parseBoolean(parts[1]), Duration.parse(parts[2]));
        }

        String line() {
            return threads + " " + isStrict + " " + length;
        }
    }

    /**
     * What came of a task.
     *
     * @param looks uses of a connection: each look has one
     * @param mostAtOnce looks under way
     */
    record Counts(long gets, long looks, long statements, int mostAtOnce, double seconds) {

        static Counts parsed(String line) {
            String[] parts = line.split(" ");
            return new Counts(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Integer.parseInt(parts[3]),
                    Double.parseDouble(parts[4]));
        }

        String line() {
            return gets + " " + looks + " " + statements + " " + mostAtOnce + " " + seconds;
        }
    }

    /** Writes a line when it has its copies, and the counts of each task that it reads. @param arguments the schema */
    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        try (HikariDataSource pool = BenchmarkServer.pool(arguments[0], Contenders.CONNECTIONS)) {
            Callers callers = new Callers(pool);
            NearContenders.copy(callers.cache, KIND);
            System.out.println("ready");
            for (@Nullable String task = input.readLine(); task != null; task = input.readLine()) {
                System.out.println(callers.run(Task.parsed(task)).line());
            }
        }
    }

    private Counts run(Task task) throws Exception {
        SpringCacheContender contender = new SpringCacheContender(
                        Contenders.PSYCACHE,
                        NearContenders.spring(
                                cache, KIND, task.isStrict ? NearContenders.STRICT : NearContenders.STALE),
                        Contenders.KEYS)
                .of(KIND);
        Stream.of(statements, gets).forEach(LongAdder::reset);
        dataSource.taken();
        dataSource.mostInUse();
        long start = System.nanoTime();
        new Turn(task.threads, task.length).of(() -> {
            gets.increment();
            return contender.get();
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Counts(gets.sum(), dataSource.taken(), statements.sum(), dataSource.mostInUse(), seconds);
    }
}

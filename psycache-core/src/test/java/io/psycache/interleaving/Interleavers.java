package io.psycache.interleaving;

import io.psycache.testsupport.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Interleavers that work at once, one for each processor up to 4, since client and server of a permutation take turns. Each has a
 * server of its own: on one server the transaction ids of other scenarios would come between those of a permutation.
 */
final class Interleavers implements AutoCloseable {
    static final int COUNT =
            TestDatabase.isEmbedded() ? Math.min(4, Runtime.getRuntime().availableProcessors()) : 1;

    private final boolean exhaustive;
    private final long seed;
    private final ExecutorService threads = Executors.newFixedThreadPool(COUNT);
    private final ThreadLocal<Interleaver> ofThread = ThreadLocal.withInitial(this::another);
    private final List<Interleaver> interleavers = new ArrayList<>();

    Interleavers(boolean exhaustive, long seed) {
        this.exhaustive = exhaustive;
        this.seed = seed;
    }

    Future<Outcome> submit(Scenario scenario) {
        return threads.submit(() -> ofThread.get().run(scenario));
    }

    private synchronized Interleaver another() {
        Interleaver another = new Interleaver(
                interleavers.isEmpty() ? TestDatabase::create : TestDatabase::createOnServerOfItsOwn, exhaustive, seed);
        interleavers.add(another);
        return another;
    }

    /** After the last scenario has ended. */
    @Override
    public synchronized void close() throws SQLException {
        threads.shutdown();
        for (Interleaver interleaver : interleavers) {
            interleaver.close();
        }
    }
}

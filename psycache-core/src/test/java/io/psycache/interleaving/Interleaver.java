package io.psycache.interleaving;

import io.psycache.testsupport.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the permutations of scenarios: all of them, or where there are many a random choice. Used by one thread. */
final class Interleaver implements AutoCloseable {
    private static final int MOST = Integer.getInteger("psycache.most", 2_000);
    private static final int EXAMPLES = 3;

    private final Supplier<TestDatabase> databases;
    private final boolean exhaustive;
    private final long seed;

    private @Nullable Stage stage;

    /** @param databases on a server that nobody else uses meanwhile */
    Interleaver(Supplier<TestDatabase> databases, boolean exhaustive, long seed) {
        this.databases = databases;
        this.exhaustive = exhaustive;
        this.seed = seed;
    }

    Outcome run(Scenario scenario) throws SQLException {
        long begin = System.nanoTime();
        List<byte[]> orders = orders(new Permutations(scenario.stepCounts()));
        long hits = 0;
        long copies = 0;
        List<String> stale = new ArrayList<>();
        Stage tidy = stage == null ? new Stage(databases.get()) : stage;
        stage = null; // a play that fails leaves it in disorder
        Play play = new Play(scenario, tidy);
        for (byte[] order : orders) {
            Trial trial = play.run(order);
            hits += trial.hits();
            copies += trial.copies();
            if (!trial.stale().isEmpty()) {
                stale.add(trial.stale() + " in " + scenario.story(order));
            }
        }
        tidy.server().empty();
        stage = tidy;
        return new Outcome(
                scenario,
                new Permutations(scenario.stepCounts()).count(),
                orders.size(),
                hits,
                copies,
                stale.size(),
                stale.stream().limit(EXAMPLES).toList(),
                (System.nanoTime() - begin) / 1_000_000);
    }

    private List<byte[]> orders(Permutations permutations) {
        return exhaustive || permutations.count() <= MOST
                ? permutations.all()
                : permutations.sample(MOST, new Random(seed));
    }

    @Override
    public void close() throws SQLException {
        if (stage != null) {
            stage.close();
        }
    }
}

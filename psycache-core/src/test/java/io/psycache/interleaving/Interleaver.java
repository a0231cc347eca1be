package io.psycache.interleaving;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs the permutations of scenarios: all of them, or where there are many a random choice. */
final class Interleaver {
    private static final int MOST = 2_000;
    private static final int EXAMPLES = 3;

    private final boolean exhaustive;
    private final long seed;

    Interleaver(boolean exhaustive, long seed) {
        this.exhaustive = exhaustive;
        this.seed = seed;
    }

    Outcome run(Scenario scenario) throws SQLException {
        long begin = System.nanoTime();
        List<byte[]> orders = orders(new Permutations(scenario.stepCounts()));
        long hits = 0;
        List<String> stale = new ArrayList<>();
        try (Play play = new Play(scenario)) {
            for (int i = 0; i < orders.size(); i++) {
                Trial trial = play.run(i, orders.get(i));
                hits += trial.hits();
                if (!trial.stale().isEmpty()) {
                    stale.add(trial.stale() + " in " + scenario.story(orders.get(i)));
                }
            }
        }
        return new Outcome(
                scenario,
                new Permutations(scenario.stepCounts()).count(),
                orders.size(),
                hits,
                stale.size(),
                stale.stream().limit(EXAMPLES).toList(),
                (System.nanoTime() - begin) / 1_000_000);
    }

    private List<byte[]> orders(Permutations permutations) {
        return exhaustive || permutations.count() <= MOST
                ? permutations.all()
                : permutations.sample(MOST, new Random(seed));
    }
}

package io.psycache.interleaving;

import java.util.ArrayList;
import java.util.List;

/**
 * What the permutations of a scenario showed.
 *
 * @param permutations how many there are
 * @param run how many of them were run
 * @param hits how many values readers got from the cache
 * @param stale in how many permutations a reader, or the check at rest, got a wrong value
 * @param examples the first of those
 */
record Outcome(
        Scenario scenario, long permutations, long run, long hits, long stale, List<String> examples, long millis) {

    static String table(List<Outcome> outcomes) {
        List<String> lines = new ArrayList<>();
        lines.add("%-78s %12s %8s %8s %8s %8s".formatted("scenario", "permutations", "run", "hits", "stale", "ms"));
        for (Outcome each : outcomes) {
            lines.add("%-78s %12d %8d %8d %8d %8d"
                    .formatted(each.scenario, each.permutations, each.run, each.hits, each.stale, each.millis));
        }
        return String.join(System.lineSeparator(), lines);
    }
}

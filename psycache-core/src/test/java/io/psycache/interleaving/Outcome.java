package io.psycache.interleaving;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What the permutations of a scenario showed.
 *
 * @param permutations how many there are
 * @param run how many of them were run
 * @param hits how many values readers got from the cache
 * @param copies how many of them were of copies
 * @param stale in how many permutations a reader, or the check at rest, got a wrong value
 * @param examples the first of those
 */
record Outcome(
        Scenario scenario,
        long permutations,
        long run,
        long hits,
        long copies,
        long stale,
        List<String> examples,
        long millis) {

    static String table(List<Outcome> outcomes) {
        List<String> lines = new ArrayList<>();
        lines.add("%-82s %12s %8s %8s %8s %8s".formatted("scenario", "permutations", "run", "hits", "stale", "ms"));
        for (Outcome each : outcomes) {
            lines.add(line(each.scenario.toString(), List.of(each)));
        }
        lines.add("");
        lines.add("%-82s %12s %8s %8s %8s %8s".formatted("group", "permutations", "run", "hits", "stale", "ms"));
        groups(outcomes).forEach((group, its) -> lines.add(line(group + " (" + its.size() + ")", its)));
        return String.join(System.lineSeparator(), lines);
    }

    private static Map<String, List<Outcome>> groups(List<Outcome> outcomes) {
        Map<String, List<Outcome>> groups = new LinkedHashMap<>();
        for (Outcome each : outcomes) {
            groups.computeIfAbsent(each.scenario.group(), group -> new ArrayList<>())
                    .add(each);
        }
        return groups;
    }

    private static String line(String name, List<Outcome> outcomes) {
        return "%-82s %12d %8d %8d %8d %8d"
                .formatted(
                        name,
                        sum(outcomes, Outcome::permutations),
                        sum(outcomes, Outcome::run),
                        sum(outcomes, Outcome::hits),
                        sum(outcomes, Outcome::stale),
                        sum(outcomes, Outcome::millis));
    }

    /** One line of what the scenarios and the broken schemes showed. */
    static String summary(List<Outcome> outcomes) {
        Map<Boolean, List<Outcome>> parts = outcomes.stream()
                .collect(Collectors.partitioningBy(each -> each.scenario.group().equals(BrokenSchemes.GROUP)));
        List<Outcome> broken = parts.get(true);
        List<Outcome> ours = parts.get(false);
        return "%d scenarios, %d of %d permutations run, %d hits, %d stale; %d controls, %d of them caught"
                .formatted(
                        ours.size(),
                        sum(ours, Outcome::run),
                        sum(ours, Outcome::permutations),
                        sum(ours, Outcome::hits),
                        sum(ours, Outcome::stale),
                        broken.size(),
                        broken.stream().filter(each -> each.stale > 0).count());
    }

    private static long sum(List<Outcome> outcomes, ToLongFunction<Outcome> figure) {
        return outcomes.stream().mapToLong(figure).sum();
    }
}

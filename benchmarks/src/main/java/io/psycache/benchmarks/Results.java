package io.psycache.benchmarks;

import io.psycache.benchmarks.Turn.Figures;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The figures of everybody who is compared, by the number of callers. */
final class Results {
    private final Map<Integer, Map<String, List<Figures>>> rounds = new LinkedHashMap<>();

    void measure(int callers, Rounds plan, Map<String, ? extends Callable<Figures>> compared) throws Exception {
        rounds.put(callers, plan.of(compared));
        System.out.println(rows(callers, compared.keySet().iterator().next()));
    }

    Collection<Integer> callers() {
        return rounds.keySet();
    }

    /** How {@code one} does against {@code other}, round by round; nothing where one of them was not measured. */
    Spread ratio(int callers, String one, String other, ToDoubleFunction<Figures> figure) {
        List<Figures> ones = rounds(callers, one);
        List<Figures> others = rounds(callers, other);
        return Spread.of(IntStream.range(0, Math.min(ones.size(), others.size()))
                .mapToDouble(i -> figure.applyAsDouble(ones.get(i)) / figure.applyAsDouble(others.get(i)))
                .toArray());
    }

    Spread throughput(int callers, String one, String other) {
        return ratio(callers, one, other, Figures::perSecond);
    }

    /** Of everybody, in the order they were first measured. */
    List<String> names() {
        return rounds.values().stream()
                .flatMap(compared -> compared.keySet().stream())
                .distinct()
                .toList();
    }

    private List<Figures> rounds(int callers, String name) {
        return rounds.getOrDefault(callers, Map.of()).getOrDefault(name, List.of());
    }

    /** @param subject whose ratios to the others are shown */
    String table(String subject) {
        return """
                | threads | | per s | p99, µs | allocated, bytes | %s : it |
                |---|---|---|---|---|---|
                %s""".formatted(
                subject, callers().stream().map(count -> rows(count, subject)).collect(Collectors.joining("\n")));
    }

    private String rows(int callers, String subject) {
        return rounds.getOrDefault(callers, Map.of()).keySet().stream()
                .map(name -> row(callers, name, subject))
                .collect(Collectors.joining("\n"));
    }

    private String row(int callers, String name, String subject) {
        return "| %d | %s | %s | %s | %s | %s |"
                .formatted(
                        callers,
                        name,
                        text(median(callers, name, Figures::perSecond)),
                        text(median(callers, name, Figures::p99Micros)),
                        text(median(callers, name, Figures::bytes)),
                        name.equals(subject)
                                ? ""
                                : throughput(callers, subject, name).ratio());
    }

    double median(int callers, String name, ToDoubleFunction<Figures> figure) {
        return Spread.of(rounds(callers, name), figure).median();
    }

    private static String text(double figure) {
        if (Double.isNaN(figure)) {
            return "–";
        }
        return String.format(Locale.ROOT, figure < 10 ? "%,.1f" : "%,.0f", figure);
    }

    /** Lines of the medians by the number of callers. */
    LineChart chart(String title, String unit, List<String> names, ToDoubleFunction<Figures> figure) {
        LineChart chart = new LineChart(
                title, "threads", unit, callers().stream().map(String::valueOf).toList());
        for (String name : names) {
            chart.line(
                    name,
                    callers().stream().map(count -> median(count, name, figure)).toList());
        }
        return chart;
    }
}

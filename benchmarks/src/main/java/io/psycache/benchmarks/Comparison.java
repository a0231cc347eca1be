package io.psycache.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Two benchmarks whose throughputs are compared.
 *
 * @param benchmark their class
 * @param method what is compared
 * @param baseline what it is compared with
 * @param least the ratio that is demanded
 */
record Comparison(
        String title,
        Class<?> benchmark,
        String method,
        String baseline,
        Map<String, String> parameters,
        int threads,
        double least) {

    static final String HEADER = """
            | compared | threads | with, per s | without, per s | ratio |
            |---|---|---|---|---|
            """;

    /**
     * Measures both.
     *
     * @return the rounds that count
     */
    List<Round> run(Rounds rounds) throws Exception {
        Map<String, Callable<Double>> both = new LinkedHashMap<>();
        both.put(method, () -> throughput(method, rounds.turn()));
        both.put(baseline, () -> throughput(baseline, rounds.turn()));
        Map<String, List<Double>> throughputs = rounds.of(both);
        List<Double> compared = throughputs.getOrDefault(method, List.of());
        List<Double> base = throughputs.getOrDefault(baseline, List.of());
        return IntStream.range(0, rounds.count())
                .mapToObj(i -> new Round(compared.get(i), base.get(i)))
                .toList();
    }

    /** In this process: a fork's start would keep the turns apart, and what is measured waits for the database. */
    private double throughput(String name, Duration turn) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName() + "\\." + name + "$")
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.SECONDS)
                .threads(threads)
                .forks(0)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(turn.toMillis()))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        parameters.forEach(options::param);
        return new Runner(options.build()).runSingle().getPrimaryResult().getScore();
    }

    Demand demand(List<Round> rounds) {
        return Demand.atLeast(title + ", threads: " + threads, least, Spread.of(rounds, Round::ratio));
    }

    String row(List<Round> rounds) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %,.0f | %,.0f | %s |",
                title,
                threads,
                Spread.of(rounds, Round::compared).median(),
                Spread.of(rounds, Round::baseline).median(),
                Spread.of(rounds, Round::ratio).ratio());
    }

    /** Operations in a second. */
    record Round(double compared, double baseline) {
        double ratio() {
            return compared / baseline;
        }
    }
}

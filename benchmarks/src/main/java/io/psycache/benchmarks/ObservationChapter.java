package io.psycache.benchmarks;

import io.psycache.PsycacheSchema;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What observations cost where nobody listens to them. */
final class ObservationChapter implements Chapter {
    private static final double MOST_PERCENT = 2;
    private static final String OBSERVED = "observed";
    private static final String UNOBSERVED = "unobserved";
    private static final String GET = "get";

    @Override
    public String name() {
        return "observation";
    }

    @Override
    public String title() {
        return "Cost of observations that nobody listens to";
    }

    @Override
    public String introduction() {
        return """
                Where an application has an `ObservationRegistry` without handlers, each operation asks it. The calls that a get makes to its
                observers, with and without the one for observations, by JMH in nanoseconds; and a get of 0.8 KB by a lone caller.
                """;
    }

    @Override
    public void prepare() {
        BenchmarkServer.newSchema(ObservationBenchmark.SCHEMA);
        PsycacheSchema.create(BenchmarkServer.connections(ObservationBenchmark.SCHEMA));
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Map<String, Callable<Double>> compared = new LinkedHashMap<>();
        for (String method : List.of(OBSERVED, UNOBSERVED, GET)) {
            compared.put(method, () -> nanos(method, rounds.turn()));
        }
        Map<String, List<Double>> measured = rounds.of(compared);
        List<Double> with = measured.getOrDefault(OBSERVED, List.of());
        List<Double> without = measured.getOrDefault(UNOBSERVED, List.of());
        List<Double> get = measured.getOrDefault(GET, List.of());
        double[] added = IntStream.range(0, rounds.count())
                .mapToDouble(i -> with.get(i) - without.get(i))
                .toArray();
        double[] percent = IntStream.range(0, rounds.count())
                .mapToDouble(i -> 100 * added[i] / get.get(i))
                .toArray();
        return findings(spread(with), spread(without), Spread.of(added), spread(get), Spread.of(percent));
    }

    private static Spread spread(List<Double> nanos) {
        return Spread.of(nanos, Double::doubleValue);
    }

    /** Of one call, in a process of its own: what else has run would decide how so few instructions are compiled. */
    private static double nanos(String method, Duration turn) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(ObservationBenchmark.class.getName() + "\\." + method + "$")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .jvmArgsAppend(BenchmarkServer.jvmArgument())
                .warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(turn.toMillis()))
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(turn.toMillis()))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        return new Runner(options).runSingle().getPrimaryResult().getScore();
    }

    private static Findings findings(Spread with, Spread without, Spread added, Spread get, Spread percent) {
        String table = """
                | | ns |
                |---|---|
                | calls to observers, with observations | %s |
                | calls to observers, without | %s |
                | added, round by round | %s |
                | a get | %s |""".formatted(with.text(0), without.text(0), added.text(0), get.text(0));
        System.out.println(table);
        Demand demand = new Demand(
                "observations that nobody listens to, % of the time of a get",
                "≤ " + (int) MOST_PERCENT, percent.text(3), percent.median() <= MOST_PERCENT);
        return new Findings(table, List.of(), List.of(demand));
    }

    @Override
    public void close() {}
}

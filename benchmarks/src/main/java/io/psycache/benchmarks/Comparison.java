package io.psycache.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    /**
     * Measures both in short turns, so that whatever else the machine does meets both. The first round warms up and does not
     * count; the order changes from round to round.
     *
     * @return the rounds that count
     */
    List<Round> run(int rounds, int seconds) throws RunnerException {
        List<Round> measured = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            Round next = round % 2 == 0 ? forwards(seconds) : backwards(seconds);
            if (round > 0) {
                measured.add(next);
            }
        }
        return measured;
    }

    private Round forwards(int seconds) throws RunnerException {
        double compared = throughput(method, seconds);
        return new Round(compared, throughput(baseline, seconds));
    }

    private Round backwards(int seconds) throws RunnerException {
        double base = throughput(baseline, seconds);
        return new Round(throughput(method, seconds), base);
    }

    /** In this process: a fork's start would keep the turns apart, and what is measured waits for the database. */
    private double throughput(String name, int seconds) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName() + "\\." + name + "$")
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.SECONDS)
                .threads(threads)
                .forks(0)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(1)
                .measurementTime(TimeValue.seconds(seconds))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        parameters.forEach(options::param);
        return new Runner(options.build()).runSingle().getPrimaryResult().getScore();
    }

    /** Operations in a second. */
    record Round(double compared, double baseline) {
        double ratio() {
            return compared / baseline;
        }
    }
}

package io.psycache.benchmarks;

import io.psycache.PsycacheSchema;
import io.psycache.benchmarks.Callers.Counts;
import io.psycache.benchmarks.Callers.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How much gets of copies in the process ask of the database. */
final class NearCostChapter implements Chapter {
    private static final String SCHEMA = "near_cost";
    private static final List<Integer> PROCESSES = List.of(1, 2, 4, 8);
    private static final List<Integer> CALLERS = List.of(1, 8, 64);
    private static final int LANES = 2;
    private static final double MOST_PER_SECOND = 20;

    private final List<JavaProcess> processes = new ArrayList<>();
    private final Deque<Runnable> closing = new ArrayDeque<>();

    /** The counts of so many processes that worked at once, round by round and process by process. */
    private record Measured(int processes, int threads, boolean isStrict, List<Counts> counts) {

        String title() {
            return "%s, processes: %d, threads: %d".formatted(isStrict ? "strict" : "50 ms", processes, threads);
        }

        double most(ToDoubleFunction<Counts> figure) {
            return counts.stream().mapToDouble(figure).max().orElse(Double.NaN);
        }

        String row() {
            Spread gets = Spread.of(counts, count -> count.gets() / count.seconds());
            Spread statements = Spread.of(counts, count -> 1_000.0 * count.statements() / count.gets());
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %,.0f | %s | %s | %.0f |",
                    isStrict ? "strict" : "50 ms",
                    processes,
                    threads,
                    gets.median(),
                    statements.text(statements.median() < 10 ? 2 : 0),
                    Spread.of(counts, NearCostChapter::perSecond).text(0),
                    most(Counts::mostAtOnce));
        }

        /** With two lanes no more than two wait for the database at once. With 50 ms, one look in that time. */
        Demand demand() {
            double seen = isStrict ? most(Counts::mostAtOnce) : most(NearCostChapter::perSecond);
            double most = isStrict ? LANES : MOST_PER_SECOND;
            return new Demand(
                    (isStrict ? "looks at once in a process, " : "looks a second of a process, ") + title(),
                    String.format(Locale.ROOT, "≤ %.0f", most),
                    String.format(Locale.ROOT, "%.1f at most", seen),
                    seen <= most);
        }
    }

    /** Beside the first, with which the time begins. */
    private static double perSecond(Counts counts) {
        return Math.max(0, counts.looks() - 1) / counts.seconds();
    }

    @Override
    public String name() {
        return "near-cost";
    }

    @Override
    public String title() {
        return "What copies in the process ask of the database";
    }

    @Override
    public String introduction() {
        return """
                Statements that processes send while they get random entries of which they have copies, through Spring's `Cache`; counted
                by the data source of each process. A look at the log is one statement, or two where something has happened since the
                last one. Each process has %d lanes, so at most as many looks are under way at once, and each takes a round trip.
                """.formatted(LANES);
    }

    @Override
    public void prepare() {
        BenchmarkServer.newSchema(SCHEMA);
        PsycacheSchema.create(BenchmarkServer.connections(SCHEMA));
        NearContenders.fill(SCHEMA, Contenders.open(SCHEMA, 0, closing), Kind.SHARED);
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        List<Measured> all = new ArrayList<>();
        for (int count : PROCESSES) {
            while (processes.size() < count) {
                processes.add(JavaProcess.start(Callers.class, SCHEMA));
                processes.get(processes.size() - 1).readLine();
            }
            for (boolean isStrict : List.of(true, false)) {
                for (int threads : CALLERS) {
                    all.add(measure(rounds, threads, isStrict));
                    System.out.println(all.get(all.size() - 1).row());
                }
            }
        }
        String header = """
                | | processes | threads of each | gets per s of each | statements per 1,000 gets | looks per s of each | at once, at most |
                |---|---|---|---|---|---|---|
                """;
        return new Findings(
                header + String.join("\n", all.stream().map(Measured::row).toList()),
                List.of(),
                all.stream().map(Measured::demand).toList());
    }

    private Measured measure(Rounds rounds, int threads, boolean isStrict) throws Exception {
        List<Counts> counts = new ArrayList<>();
        for (int round = 0; round <= rounds.count(); round++) {
            List<Counts> next = run(new Task(threads, isStrict, rounds.turn()));
            if (round > 0) {
                counts.addAll(next);
            }
        }
        return new Measured(processes.size(), threads, isStrict, counts);
    }

    private List<Counts> run(Task task) throws Exception {
        for (JavaProcess process : processes) {
            process.writeLine(task.line());
        }
        List<Counts> counts = new ArrayList<>();
        for (JavaProcess process : processes) {
            counts.add(Counts.parsed(process.readLine()));
        }
        return counts;
    }

    @Override
    public void close() {
        processes.forEach(JavaProcess::close);
        closing.forEach(Runnable::run);
    }
}

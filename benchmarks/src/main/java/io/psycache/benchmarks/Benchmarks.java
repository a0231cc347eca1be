package io.psycache.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the chapters whose titles are given, or all, and writes their sections of {@code docs/benchmarks.md}. */
public final class Benchmarks {
    private static final Path REPORT = Path.of("docs", "benchmarks.md");
    private static final int ROUNDS = Integer.getInteger("benchmarks.rounds", 7);
    private static final int SECONDS = Integer.getInteger("benchmarks.seconds", 2);

    private Benchmarks() {}

    public static void main(String[] titles) throws Exception {
        List<String> chosen = List.of(titles);
        try (BenchmarkServer server = BenchmarkServer.start()) {
            for (Chapter chapter : List.of(new CostOfConsistency())) {
                if (chosen.isEmpty() || chosen.contains(chapter.title().replace(' ', '-'))) {
                    measure(server, chapter);
                }
            }
        }
        System.exit(0); // pools of the benchmarks may have threads left
    }

    private static void measure(BenchmarkServer server, Chapter chapter) throws Exception {
        try (chapter) {
            chapter.prepare();
            Map<Comparison, List<Comparison.Round>> results = new LinkedHashMap<>();
            for (Comparison comparison : chapter.comparisons()) {
                List<Comparison.Round> rounds = comparison.run(ROUNDS, SECONDS);
                results.put(comparison, rounds);
                System.out.println(Section.row(comparison, rounds));
            }
            new Section(chapter, results, server.version()).writeTo(REPORT);
        }
    }
}

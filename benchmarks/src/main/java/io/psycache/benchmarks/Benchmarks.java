package io.psycache.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the chapters whose names are or begin with one of the arguments, or all that are not long, and writes their parts of {@code
 * docs/benchmarks.md}.
 */
public final class Benchmarks {
    private static final Path REPORT = Path.of("docs", "benchmarks.md");
    private static final Rounds ROUNDS = new Rounds(
            Integer.getInteger("benchmarks.rounds", 5),
            Duration.ofMillis(Integer.getInteger("benchmarks.millis", 600)));
    private static final List<Chapter> CHAPTERS = List.of(
            new LoadChapter(LoadKind.GET),
            new LoadChapter(LoadKind.PUT),
            new LoadChapter(LoadKind.MIXED),
            NearGetChapter.idle(),
            NearGetChapter.busy(),
            new NearMissChapter(),
            new GetAllChapter(),
            new NearCostChapter(),
            new NearMemoryChapter(),
            new NearLookChapter(),
            new ClearChapter(),
            new CostOfConsistency(),
            new ObservationChapter(),
            new StartupChapter(),
            new GrowthChapter(),
            new SoakChapter());

    private Benchmarks() {}

    public static void main(String[] names) throws Exception {
        List<Chapter> chosen = CHAPTERS.stream()
                .filter(chapter -> names.length == 0
                        ? !chapter.isLong()
                        : Stream.of(names).anyMatch(name -> isNamed(chapter, name)))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "The chapters are " + CHAPTERS.stream().map(Chapter::name).toList());
        }
        try (BenchmarkServer server = BenchmarkServer.start()) {
            Report report = new Report(REPORT, CHAPTERS, server.version());
            for (Chapter chapter : chosen) {
                measure(chapter, report);
            }
        }
        System.exit(0); // pools of the benchmarks may have threads left
    }

    /** Whether it has this name or, where no chapter has, one that begins so. */
    private static boolean isNamed(Chapter chapter, String name) {
        boolean isWhole = CHAPTERS.stream().anyMatch(each -> each.name().equals(name));
        return isWhole ? chapter.name().equals(name) : chapter.name().startsWith(name);
    }

    private static void measure(Chapter chapter, Report report) throws Exception {
        try (chapter) {
            System.out.println("# " + chapter.title());
            chapter.prepare();
            Rounds rounds = chapter.rounds(ROUNDS);
            report.write(chapter, rounds, chapter.measure(rounds));
        }
    }
}

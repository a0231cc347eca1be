package io.psycache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTests {
    private final Chapter gets = new Named("redis-get", "Gets & more");
    private final Chapter puts = new Named("redis-put", "Puts");

    @TempDir
    private Path folder;

    @Test
    void aChapterReplacesItsOwnSectionAndRowsAndKeepsTheOthers() throws IOException {
        write(puts, "puts before", 1.5);
        write(gets, "gets", 2);
        write(puts, "puts after", 0.5);

        assertThat(page())
                .containsSubsequence("## Wanted and seen", "## Gets & more", "\ngets\n", "## Puts", "\nputs after\n")
                .doesNotContain("puts before")
                .containsOnlyOnce("| ratio | ≥ 1.00 | **0.50** (0.50 to 0.50) | **no** | [redis-put](#puts) |")
                .containsOnlyOnce("| ratio | ≥ 1.00 | **2.00** (2.00 to 2.00) | yes | [redis-get](#gets--more) |")
                .doesNotContain("1.50");
    }

    @Test
    void chartsAreFilesBesideThePage() throws IOException {
        write(gets, "gets", 1);

        assertThat(page()).contains("![A < B](benchmarks/redis-get.svg)");
        assertThat(folder.resolve("benchmarks/redis-get.svg"))
                .content()
                .contains("A &lt; B", ">threads<", ">per second<", ">5,000<");
    }

    @Test
    void roundsAreSaidWithTheirTurnsWhereTheyHaveAny() throws IOException {
        write(gets, "gets", 1);
        assertThat(page()).contains("; 5 rounds, turns of 1000 ms.");

        write(gets, new Rounds(10, Duration.ZERO), "starts", 1);
        assertThat(page()).contains("; 10 rounds.").doesNotContain("turns of");
    }

    private String page() throws IOException {
        return Files.readString(folder.resolve("benchmarks.md"));
    }

    private void write(Chapter chapter, String text, double ratio) throws IOException {
        write(chapter, new Rounds(5, Duration.ofSeconds(1)), text, ratio);
    }

    private void write(Chapter chapter, Rounds rounds, String text, double ratio) throws IOException {
        LineChart chart = new LineChart("A < B", "threads", "per second", List.of("1", "8"))
                .line("one", List.of(1.0, 4_321.0))
                .line("other", List.of(Double.NaN, 2.0));
        new Report(folder.resolve("benchmarks.md"), List.of(gets, puts), "18")
                .write(
                        chapter,
                        rounds,
                        new Findings(text, List.of(chart), List.of(Demand.atLeast("ratio", 1, Spread.of(ratio)))));
    }

    private record Named(String name, String title) implements Chapter {

        @Override
        public String introduction() {
            return "How it is measured.";
        }

        @Override
        public void prepare() {}

        @Override
        public Findings measure(Rounds rounds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}

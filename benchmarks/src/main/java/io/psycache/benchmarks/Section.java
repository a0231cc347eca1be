package io.psycache.benchmarks;

import io.psycache.benchmarks.Comparison.Round;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The results of a chapter as a section of a Markdown file; the sections of other chapters stay as they are. */
final class Section {
    private static final String PREFACE = """
            # Benchmarks

            Written by `make benchmarks`, never by hand. Server and client share the machine, so read the ratios.
            """;

    private final Chapter chapter;
    private final Map<Comparison, List<Round>> results;
    private final String postgres;

    Section(Chapter chapter, Map<Comparison, List<Round>> results, String postgres) {
        this.chapter = chapter;
        this.results = results;
        this.postgres = postgres;
    }

    void writeTo(Path file) throws IOException {
        String before = Files.exists(file) ? Files.readString(file) : PREFACE;
        Matcher present = Pattern.compile(
                        "^## " + Pattern.quote(chapter.title()) + "\n.*?(?=^## |\\z)",
                        Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(before);
        Files.writeString(
                file, present.find() ? present.replaceFirst(Matcher.quoteReplacement(text())) : before + "\n" + text());
    }

    private String text() {
        return """
                ## %s

                %s

                %s

                | compared | threads | with, per s | without, per s | ratio | least to most | demanded |
                |---|---|---|---|---|---|---|
                %s
                """.formatted(
                        chapter.title(),
                        chapter.introduction().strip(),
                        circumstances(),
                        results.entrySet().stream()
                                .map(result -> row(result.getKey(), result.getValue()))
                                .collect(Collectors.joining("\n")));
    }

    private String circumstances() {
        return String.format(
                Locale.ROOT,
                "PostgreSQL %s, Java %s, %d processors, load %.1f at the end, %s. Medians of %d rounds; in each the two take turns.",
                postgres,
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                LocalDate.now(ZoneOffset.UTC),
                results.values().stream().mapToInt(List::size).min().orElse(0));
    }

    static String row(Comparison comparison, List<Round> rounds) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %,.0f | %,.0f | **%.2f** | %.2f to %.2f | %.2f |",
                comparison.title(),
                comparison.threads(),
                median(rounds, Round::compared),
                median(rounds, Round::baseline),
                median(rounds, Round::ratio),
                rounds.stream().mapToDouble(Round::ratio).min().orElse(Double.NaN),
                rounds.stream().mapToDouble(Round::ratio).max().orElse(Double.NaN),
                comparison.least());
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}

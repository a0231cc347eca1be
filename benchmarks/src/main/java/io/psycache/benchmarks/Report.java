package io.psycache.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Markdown file with what is wanted and seen, and a section for each chapter; its charts are beside it. It is also where the
 * results are kept: a chapter that runs replaces its own section, rows and charts, and leaves the others' as they are.
 */
final class Report {
    private static final String PREFACE = """
            # Benchmarks

            Written by `make benchmarks`, never by hand. Servers and clients share the machine, so read the ratios: medians of
            rounds, and in brackets the least and the most. In each round everybody who is compared takes a turn, in one process.

            """;

    private static final String WANTED = "Wanted and seen";
    private static final String WANTED_HEADER = """
            | | wanted | seen | met | chapter |
            |---|---|---|---|---|
            """;

    private final Path file;
    private final Path charts;
    private final List<Chapter> chapters;
    private final String postgres;

    /** @param chapters all there are, in their order */
    Report(Path file, List<Chapter> chapters, String postgres) {
        this.file = file;
        this.charts = file.resolveSibling(file.getFileName().toString().replace(".md", ""));
        this.chapters = chapters;
        this.postgres = postgres;
    }

    void write(Chapter chapter, Rounds rounds, Findings findings) throws IOException {
        Map<String, String> sections = sections();
        sections.put(chapter.title(), section(chapter, rounds, findings));
        String wanted = wanted(sections.getOrDefault(WANTED, ""), chapter, findings.demands());
        String text = chapters.stream()
                .map(each -> sections.get(each.title()))
                .filter(Objects::nonNull)
                .collect(Collectors.joining("\n"));
        Files.writeString(file, PREFACE + wanted + "\n" + text);
    }

    /** Those the file has, by title. */
    private Map<String, String> sections() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String part : Files.readString(file).split("(?m)^## ")) {
                sections.put(part.lines().findFirst().orElse(""), "## " + part.strip() + "\n");
            }
        }
        return sections;
    }

    private String wanted(String before, Chapter measured, List<Demand> demands) {
        return "## " + WANTED + "\n\n" + WANTED_HEADER
                + chapters.stream()
                        .flatMap(chapter -> chapter == measured
                                ? demands.stream().map(demand -> demand.row(link(chapter)))
                                : before.lines().filter(row -> row.endsWith("| " + link(chapter) + " |")))
                        .map(row -> row + "\n")
                        .collect(Collectors.joining());
    }

    private static String link(Chapter chapter) {
        return "[" + chapter.name() + "](" + anchor(chapter.title()) + ")";
    }

    /** Where a link to a heading goes. */
    static String anchor(String heading) {
        return "#"
                + heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
    }

    private String section(Chapter chapter, Rounds rounds, Findings findings) throws IOException {
        return Stream.of(
                        "## " + chapter.title(),
                        chapter.introduction().strip(),
                        circumstances(rounds),
                        charts(chapter, findings.charts()),
                        findings.text().strip())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n\n", "", "\n"));
    }

    private String circumstances(Rounds rounds) throws IOException {
        return String.format(
                Locale.ROOT,
                "PostgreSQL %s, Java %s, %d processors%s, load %.1f at the end, %s; %d rounds%s.",
                postgres,
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                processor(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                LocalDate.now(ZoneOffset.UTC),
                rounds.count(),
                rounds.turn().isZero() ? "" : ", turns of " + rounds.turn().toMillis() + " ms");
    }

    private static String processor() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        return !Files.exists(file)
                ? ""
                : Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("model name"))
                        .findFirst()
                        .map(line ->
                                " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
                        .orElse("");
    }

    private String charts(Chapter chapter, List<LineChart> drawn) throws IOException {
        Files.createDirectories(charts);
        StringBuilder images = new StringBuilder();
        for (int i = 0; i < drawn.size(); i++) {
            Path chart = charts.resolve(chapter.name() + (i == 0 ? "" : "-" + (i + 1)) + ".svg");
            Files.writeString(chart, drawn.get(i).svg());
            images.append("![%s](%s/%s)\n".formatted(drawn.get(i).title(), charts.getFileName(), chart.getFileName()));
        }
        return images.toString().strip();
    }
}

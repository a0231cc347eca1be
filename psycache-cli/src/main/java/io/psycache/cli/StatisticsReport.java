package io.psycache.cli;

import io.psycache.CacheInspection;
import io.psycache.instrumentation.TableContents;
import io.psycache.instrumentation.TableContents.CacheContents;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The output of {@code stats}: a line for each figure, and then one for each cache. */
final class StatisticsReport {

    private StatisticsReport() {}

    static String of(CacheInspection cache) {
        TableContents contents = cache.contents();
        StringBuilder report = new StringBuilder();
        line(
                report,
                "entries",
                contents.caches().stream().mapToLong(CacheContents::entries).sum());
        line(
                report,
                "bytes",
                contents.caches().stream().mapToLong(CacheContents::bytes).sum());
        line(report, "log-entries", contents.logEntries());
        line(
                report,
                "last-cleanup",
                cache.lastCleanup().map(StatisticsReport::inSeconds).orElse("never"));
        if (!contents.caches().isEmpty()) {
            report.append("%n%12s %12s  %s%n".formatted("entries", "bytes", "cache"));
            contents.caches()
                    .forEach(each -> report.append(
                            "%12d %12d  %s%n".formatted(each.entries(), each.bytes(), shown(each.cache()))));
        }
        return report.toString();
    }

    private static void line(StringBuilder report, String name, Object value) {
        report.append("%-13s %s%n".formatted(name, value));
    }

    private static String inSeconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Without what a terminal would take for a command. */
    private static String shown(String cache) {
        return cache.isEmpty() ? "-" : cache.replaceAll("\\p{Cntrl}", "?");
    }
}

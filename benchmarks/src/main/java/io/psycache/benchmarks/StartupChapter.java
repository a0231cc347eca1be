package io.psycache.benchmarks;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.psycache.PostgresCache;
import io.psycache.spring.boot.PsycacheAutoConfiguration;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.data.redis.cache.RedisCacheManager;

/** What the starter adds to the start of an application. */
final class StartupChapter implements Chapter {
    private static final double MOST_MILLIS = 150;

    /** The difference of two starts varies by 200 ms on a shared machine, so the median of ten by 80. */
    private static final int STARTS = 60;

    private static final String WITH = "startup_with";
    private static final String WITHOUT = "startup_without";

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public String title() {
        return "Cost of a start";
    }

    @Override
    public String introduction() {
        return """
                Processes of the same small application, Spring Boot with a `DataSource`, a pool that is opened, `@EnableCaching` and one cached
                method, from the start of the process until it is ready: with the starter, whose tables are there and checked, and without
                psycache on the class path, where Spring's own map is the cache. Neither has Redis or Caffeine on the class path.
                """;
    }

    @Override
    public Rounds rounds(Rounds plan) {
        return new Rounds(STARTS, Duration.ZERO);
    }

    @Override
    public void prepare() {
        BenchmarkServer.newSchema(WITH);
        BenchmarkServer.newSchema(WITHOUT);
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Map<String, Callable<Double>> both = new LinkedHashMap<>();
        both.put(WITH, () -> start(WITH, path -> true));
        both.put(WITHOUT, () -> start(WITHOUT, path -> !isOfPsycache(path)));
        Map<String, List<Double>> starts = rounds.of(both);
        List<Double> with = starts.getOrDefault(WITH, List.of());
        List<Double> without = starts.getOrDefault(WITHOUT, List.of());
        double[] added = IntStream.range(0, rounds.count())
                .mapToDouble(i -> with.get(i) - without.get(i))
                .toArray();
        return findings(
                Spread.of(with, Double::doubleValue), Spread.of(without, Double::doubleValue), Spread.of(added));
    }

    private static Findings findings(Spread with, Spread without, Spread added) {
        String table = """
                | | ms until ready |
                |---|---|
                | with the starter | %s |
                | without | %s |
                | added, round by round | %s |""".formatted(with.text(0), without.text(0), added.text(0));
        System.out.println(table);
        Demand demand = new Demand(
                "ms that the starter adds to a start",
                String.format(Locale.ROOT, "< %.0f", MOST_MILLIS),
                added.text(0),
                added.median() < MOST_MILLIS);
        return new Findings(table, List.of(), List.of(demand));
    }

    /** @return milliseconds until it was ready */
    private static double start(String schema, Predicate<Path> wanted) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(schema, wanted))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        int status = process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith(StartupApplication.READY))
                .mapToDouble(line -> Double.parseDouble(line.substring(StartupApplication.READY.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("status " + status + " of the application:\n" + output));
    }

    private static List<String> command(String schema, Predicate<Path> wanted) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                classPath(wanted),
                StartupApplication.class.getName(),
                "--spring.datasource.url=" + BenchmarkServer.url(schema));
    }

    private static String classPath(Predicate<Path> wanted) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> Path.of(path).toAbsolutePath())
                .filter(path -> wanted.test(path) && !isOfAnotherCache(path))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Boot would choose one of them for the application without the starter. */
    private static boolean isOfAnotherCache(Path path) {
        return path.equals(source(RedisCacheManager.class)) || path.equals(source(Caffeine.class));
    }

    private static boolean isOfPsycache(Path path) {
        return path.equals(source(PostgresCache.class)) || path.equals(source(PsycacheAutoConfiguration.class));
    }

    private static Path source(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    @Override
    public void close() {}
}

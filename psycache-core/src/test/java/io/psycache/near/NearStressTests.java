package io.psycache.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.PsycacheSchema;
import io.psycache.testsupport.FaultyNetwork;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processes with copies of what both of them write. Each hit is compared with what had been committed.
 *
 * <p>{@code -Dpsycache.near.hits=500000} is the large run: so many hits of copies are checked, 5,000 by default. {@code
 * -Dpsycache.seed} repeats what the threads choose by chance.
 */
@DisabledOnOs(OS.WINDOWS)
class NearStressTests {
    private static final long HITS = Long.getLong("psycache.near.hits", 5_000);
    private static final long SEED = Long.getLong("psycache.seed", System.nanoTime());
    private static final Duration LONGEST = Duration.ofSeconds(30).plusMillis(HITS);
    private static final long NOTHING = 0;
    private static final long FEW = 300;

    @TempDir
    private Path directory;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final List<Process> processes = new ArrayList<>();
    private SharedTruth truth;
    private long served;

    @BeforeEach
    void begin() {
        truth = new SharedTruth(file());
        database.execute("create table numbers (k int primary key, v bigint not null);"
                + "insert into numbers select k, 0 from generate_series(0, " + (SharedTruth.KEYS - 1) + ") k");
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    private Path file() {
        return directory.resolve("truth");
    }

    private Process start(String url, long served, long checked) throws IOException {
        int number = processes.size();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        NearProcess.class.getName(),
                        String.valueOf(number),
                        url,
                        file().toString(),
                        String.valueOf(SEED),
                        String.valueOf(served),
                        String.valueOf(checked))
                .redirectError(directory.resolve("errors" + number).toFile())
                .redirectOutput(directory.resolve("output" + number).toFile())
                .start();
        processes.add(process);
        return process;
    }

    /** Waits until each process has checked so many copies more. */
    private void awaitCopies(long count) {
        long[] before = {truth.copies(0), truth.copies(1)};
        await().atMost(LONGEST)
                .until(() ->
                        hasEnded() || truth.copies(0) - before[0] >= count && truth.copies(1) - before[1] >= count);
    }

    private boolean hasEnded() {
        return processes.stream().anyMatch(process -> !process.isAlive());
    }

    private void endAll() throws Exception {
        for (int i = 0; i < processes.size(); i++) {
            Process process = processes.get(i);
            process.getOutputStream().close();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            System.out.println(
                    "process " + i + ": " + truth.copies(i) + " hits of copies; " + said(i) + "; seed " + SEED);
            assertThat(process.exitValue())
                    .as(Files.readString(directory.resolve("output" + i)))
                    .isZero();
        }
    }

    /** Without what the pool logs about lost connections. */
    private String said(int process) throws IOException {
        return Files.readAllLines(directory.resolve("output" + process)).stream()
                .filter(line -> line.startsWith(NearProcess.CALLS) || line.startsWith(NearProcess.STALE))
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @ValueSource(longs = {NOTHING, 50})
    void noCopyIsOlderThanWhatIsAccepted(long milliseconds) throws Exception {
        try (FaultyNetwork network = new FaultyNetwork(port())) {
            start(database.jdbcUrl(), milliseconds, milliseconds);
            start(through(network), milliseconds, milliseconds);
            awaitCopies(HITS / 2);
            standStill();
            awaitCopies(FEW);
            network.cut();
            await().pollInterval(Duration.ofSeconds(2)).until(() -> hasEnded() || servesNothing());
            network.heal();
            awaitCopies(FEW);
        }
        endAll();
    }

    /** The second process, for 5 seconds. */
    private void standStill() throws Exception {
        signal("STOP");
        long before = truth.copies(0);
        await().pollDelay(Duration.ofSeconds(5)).atMost(LONGEST).until(() -> hasEnded() || truth.copies(0) > before);
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-" + name, String.valueOf(processes.get(1).pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Whether the second process has served nothing since the last poll. */
    private boolean servesNothing() {
        long before = served;
        served = truth.copies(1);
        return served == before;
    }

    private String through(FaultyNetwork network) {
        return database.jdbcUrl().replaceFirst(":" + port(), ":" + network.port());
    }

    private int port() {
        return database.unpooled().getPortNumbers()[0];
    }

    /** Else the test above shows nothing. */
    @Test
    void aCopyThatIsOlderIsCaught() throws Exception {
        start(database.jdbcUrl(), 500, NOTHING);
        start(database.jdbcUrl(), 500, NOTHING);
        await().atMost(LONGEST).until(this::hasEnded);
        Process stale = processes.stream()
                .filter(process -> !process.isAlive())
                .findFirst()
                .get();
        assertThat(said(processes.indexOf(stale))).startsWith(NearProcess.STALE);
    }
}

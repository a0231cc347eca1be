package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.psycache.testsupport.FaultyNetwork;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an outage of the database costs readers whose loaders do not need it. {@code -Dpsycache.outage.seconds=30} takes as long for each;
 * the default is too short for more than a look.
 */
class OutageRatesTests {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("psycache.outage.seconds", 3));
    private static final Duration FIRST = Duration.ofSeconds(2);

    /** Decision 0157 has the figures of 30 seconds. A busy machine may stand still within 3. */
    private static final double LEAST = TIME.toSeconds() < 10 ? 0.5 : 0.8;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.createOnServerOfItsOwn();

    private OutageRates rates;
    private ProcessHandle postmaster;

    @BeforeEach
    void open() {
        PsycacheSchema.create(database.dataSource());
        rates = new OutageRates(database);
        rates.keep();
        postmaster = ProcessHandle.of(database.queryForLong("select pg_backend_pid()"))
                .flatMap(ProcessHandle::parent)
                .orElse(null);
    }

    @AfterEach
    void close() {
        rates.close();
    }

    enum Fault {
        REFUSED(FaultyNetwork::refuse, Duration.ofSeconds(7)),
        BLACK_HOLE(FaultyNetwork::cut, Duration.ofSeconds(7)),
        HALF_LOST(network -> network.loseStatements(2), Duration.ofSeconds(7));

        private final Consumer<FaultyNetwork> begin;
        private final Duration longestRecovery;

        Fault(Consumer<FaultyNetwork> begin, Duration longestRecovery) {
            this.begin = begin;
            this.longestRecovery = longestRecovery;
        }
    }

    @ParameterizedTest
    @EnumSource
    void readersGoOnAtTheRateOfTheirLoaders(Fault fault) {
        measure(
                fault.name(),
                () -> fault.begin.accept(rates.network()),
                () -> rates.network().heal(),
                fault.longestRecovery);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readersGoOnWhereTheServerIsStopped() {
        assumeTrue(TestDatabase.isEmbedded());
        measure("STOPPED", () -> signal("STOP"), () -> signal("CONT"), Duration.ofSeconds(7));
    }

    private void measure(String name, Runnable begin, Runnable end, Duration longestRecovery) {
        rates.loadersAlone(FIRST);
        double alone = rates.loadersAlone(TIME);
        rates.start();
        rates.rate(FIRST);
        rates.mostConnections();
        begin.run();
        double first = rates.rate(FIRST);
        double rate = rates.rate(TIME);
        long connections = rates.mostConnections();
        end.run();
        Duration recovery = rates.recovery();
        rates.stop();
        System.out.println(OutageRates.line(name, first, rate, alone, recovery, connections));
        assertThat(rate / alone).isGreaterThan(LEAST);
        assertThat(rates.errors()).isZero();
        assertThat(recovery).isLessThan(longestRecovery);
        assertThat(connections).as("2 lanes and the writer").isLessThanOrEqualTo(3);
    }

    /** To all processes of the server. */
    private void signal(String name) {
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).forEach(process -> kill(name, process.pid()));
    }

    private static void kill(String name, long pid) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.psycache.benchmarks;

import static io.psycache.benchmarks.NearContenders.AGED;
import static io.psycache.benchmarks.NearContenders.REDIS;
import static io.psycache.benchmarks.NearContenders.named;

import io.psycache.benchmarks.Turn.Figures;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** How fast gets are whose entries have copies in the process, against others. */
final class NearGetChapter implements Chapter {
    private static final List<Integer> CALLERS = List.of(1, 8, 32, 64, 128);
    private static final List<Kind<?>> KINDS = List.of(Kind.SHARED, Kind.DECODED);
    private static final double BUSY_SHARE = 0.8;

    private final boolean isBusy;

    private @Nullable NearContenders contenders;
    private @Nullable Connection openTransaction;
    private @Nullable JavaProcess evictions;

    private NearGetChapter(boolean isBusy) {
        this.isBusy = isBusy;
    }

    static NearGetChapter idle() {
        return new NearGetChapter(false);
    }

    /** While another process evicts, and a transaction stays open. */
    static NearGetChapter busy() {
        return new NearGetChapter(true);
    }

    @Override
    public String name() {
        return isBusy ? "near-busy" : "near-get";
    }

    @Override
    public String title() {
        return isBusy ? "Gets with copies in the process, while others evict" : "Gets with copies in the process";
    }

    @Override
    public String introduction() {
        return isBusy
                ? """
                As at [%s](%s),
                while another process evicts other keys, in %d transactions a second, and a transaction with an id is open that began
                before.
                """.formatted(
                        idle().title().toLowerCase(Locale.ROOT), Report.anchor(idle().title()), Evictions.PER_SECOND)
                : """
                Through Spring's `Cache`, random keys among %,d records of 0.8 KB, which all have copies in the process. A shared record is
                immutable all through, so that callers have one object together; of a decoded one, which has a list, each caller has its
                own. psycache asks the database at each get whether copies are valid; with 50 ms it asks that seldom (`max-staleness`).
                Spring Data Redis has one connection and its serializer for one type, as by default, and the same records. Lettuce keeps
                copies in a map, and Redis tells it what has changed. Caffeine is there for scale, and pgbench (a prepared select of the
                row, one process in C, as many connections as threads).
                """.formatted(Contenders.KEYS.count());
    }

    @Override
    public void prepare() throws Exception {
        contenders = new NearContenders(schema());
    }

    private String schema() {
        return name().replace('-', '_');
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        NearContenders all = Objects.requireNonNull(contenders);
        Map<String, Load> loads = new LinkedHashMap<>();
        for (Contender contender : all.all()) {
            if (!isBusy || isCompared(contender.name())) {
                loads.put(contender.name(), contender::get);
            }
        }
        Optional<PgBench> pgBench = isBusy ? Optional.empty() : pgBench();
        if (isBusy) {
            disturb();
        }
        for (Load load : loads.values()) {
            rounds.warmUp(load);
        }
        Results results = new Results();
        for (int callers : CALLERS) {
            Map<String, Callable<Figures>> turns = rounds.turns(callers, loads);
            pgBench.ifPresent(floor -> turns.put(PgBench.NAME, () -> floor.run(callers, rounds.turn())));
            results.measure(callers, rounds, turns);
        }
        String subject = named(Contenders.PSYCACHE, Kind.SHARED);
        return new Findings(results.table(subject) + "\n" + all.missing(), charts(results), demands(results));
    }

    /** Those of which nothing is demanded are not disturbed. */
    private static boolean isCompared(String contender) {
        return KINDS.stream()
                .anyMatch(kind ->
                        contender.equals(named(Contenders.PSYCACHE, kind)) || contender.equals(named(REDIS, kind)));
    }

    private Optional<PgBench> pgBench() throws IOException {
        new JdbcTemplateContender(schema(), 1, Contenders.KEYS).filled().close();
        return PgBench.find(schema(), Contenders.KEYS);
    }

    private void disturb() throws SQLException, IOException {
        openTransaction = BenchmarkServer.connections(schema()).getConnection();
        openTransaction.setAutoCommit(false);
        openTransaction.createStatement().execute("select pg_current_xact_id()");
        evictions = JavaProcess.start(Evictions.class, schema());
        evictions.readLine();
    }

    private List<LineChart> charts(Results results) {
        List<String> names = results.names().stream()
                .filter(name -> KINDS.stream()
                        .anyMatch(kind ->
                                name.equals(named(Contenders.PSYCACHE, kind)) || name.equals(named(REDIS, kind))))
                .toList();
        return List.of(results.chart(title() + ": throughput", "per second", names, Figures::perSecond));
    }

    private List<Demand> demands(Results results) {
        List<Demand> demands = new ArrayList<>();
        for (int callers : CALLERS) {
            for (Kind<?> kind : KINDS) {
                demands.add(throughput(results, Contenders.PSYCACHE, kind, callers, strict(kind, callers)));
                demands.add(p99(results, kind, callers));
                if (!isBusy) {
                    demands.add(throughput(results, AGED, kind, callers, kind == Kind.SHARED ? 60 : 15));
                }
            }
        }
        if (!isBusy) {
            demands.add(Demand.atLeast(
                    "get, 50 ms, shared : Caffeine, threads: 8",
                    0.5,
                    results.throughput(8, named(AGED, Kind.SHARED), Contenders.CAFFEINE)));
        }
        return demands;
    }

    private double strict(Kind<?> kind, int callers) {
        boolean isShared = kind == Kind.SHARED;
        double least = switch (callers) {
            case 1 -> isShared ? 1.5 : 1.3;
            case 8 -> isShared ? 1.4 : 1.2;
            default -> isShared ? 2 : 1.7;
        };
        return isBusy ? BUSY_SHARE * least : least;
    }

    private Demand throughput(Results results, String one, Kind<?> kind, int callers, double least) {
        return Demand.atLeast(
                "%s : %s, threads: %d".formatted(what(named(one, kind)), REDIS, callers),
                least,
                results.throughput(callers, named(one, kind), named(REDIS, kind)));
    }

    private Demand p99(Results results, Kind<?> kind, int callers) {
        return Demand.atMost(
                "p99 of %s : %s, threads: %d".formatted(what(named(Contenders.PSYCACHE, kind)), REDIS, callers),
                1,
                results.ratio(callers, named(Contenders.PSYCACHE, kind), named(REDIS, kind), Figures::p99Micros));
    }

    private String what(String one) {
        return (isBusy ? "get while others evict, " : "get of copies, ") + one;
    }

    @Override
    public void close() throws SQLException {
        if (evictions != null) {
            evictions.close();
        }
        if (openTransaction != null) {
            openTransaction.close();
        }
        if (contenders != null) {
            contenders.close();
        }
    }
}

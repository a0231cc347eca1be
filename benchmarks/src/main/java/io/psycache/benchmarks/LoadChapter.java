package io.psycache.benchmarks;

import io.psycache.benchmarks.Turn.Figures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** How fast a cache is behind Spring's interface, against others. */
final class LoadChapter implements Chapter {
    private final LoadKind kind;

    private @Nullable Contenders open;

    LoadChapter(LoadKind kind) {
        this.kind = kind;
    }

    @Override
    public String name() {
        return kind.chapter;
    }

    @Override
    public String title() {
        return kind.title;
    }

    @Override
    public String introduction() {
        return kind == LoadKind.GET
                ? contenders()
                : "Who is compared, and how, is said at [%s](%s)."
                        .formatted(LoadKind.GET.title.toLowerCase(Locale.ROOT), Report.anchor(LoadKind.GET.title));
    }

    private static String contenders() {
        return """
                Through Spring's `Cache`, records of 0.8 KB of JSON, random keys among %,d entries that are all there. psycache validates
                each get against its log. `JdbcTemplate` selects and upserts in a table of its own, without validation, with the same JSON
                codec; both have a pool of %d. Spring Data Redis has one connection, as by default, and its serializer for one type. With
                immediate writes a put waits for Redis; by default it does not, and the time until Redis has all is in the figure, but not
                in its p99. With %d futures at once each thread begins so many and waits for all: its p99 is of so many together. Caffeine,
                in the heap, is there for scale, and pgbench (a prepared select of the row, one process in C, as many connections as
                threads) as the floor. Allocated is what all threads of the process allocate for one operation.
                """.formatted(Contenders.KEYS.count(), Contenders.CONNECTIONS, AsyncContender.AT_ONCE);
    }

    @Override
    public void prepare() throws Exception {
        open = new Contenders(kind.chapter.replace('-', '_'));
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Contenders all = Objects.requireNonNull(open);
        for (Contender contender : compared(all)) {
            rounds.warmUp(load(contender));
        }
        Results results = new Results();
        for (int callers : kind.callers) {
            results.measure(callers, rounds, turns(all, callers, rounds));
        }
        return new Findings(
                results.table(Contenders.PSYCACHE) + "\n" + all.missing(), charts(results), kind.demands(results));
    }

    private List<Contender> compared(Contenders all) {
        return all.all().stream()
                .filter(contender -> kind.isCompared(contender.name()))
                .toList();
    }

    private Map<String, Callable<Figures>> turns(Contenders all, int callers, Rounds rounds) {
        Map<String, Callable<Figures>> turns = new LinkedHashMap<>();
        for (Contender contender : compared(all)) {
            turns.put(contender.name(), () -> new Turn(callers, rounds.turn()).of(load(contender)));
        }
        if (kind == LoadKind.GET && (callers == 1 || callers == 64)) {
            all.pgBench().ifPresent(floor -> turns.put(PgBench.NAME, () -> floor.run(callers, rounds.turn())));
        }
        return turns;
    }

    private Load load(Contender contender) {
        return new Load() {
            @Override
            public int run() {
                return kind.run(contender);
            }

            @Override
            public void settle() {
                contender.settle();
            }
        };
    }

    /** Without Caffeine, beside which all others would be one line. */
    private List<LineChart> charts(Results results) {
        List<String> names = results.names().stream()
                .filter(name -> !name.equals(Contenders.CAFFEINE))
                .toList();
        List<String> waiting =
                names.stream().filter(name -> !name.equals(Contenders.ASYNC)).toList();
        return List.of(
                results.chart(title() + ": throughput", "per second", names, Figures::perSecond),
                results.chart(title() + ": p99", "µs", waiting, Figures::p99Micros));
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
        }
    }
}

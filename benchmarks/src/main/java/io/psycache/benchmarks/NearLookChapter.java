package io.psycache.benchmarks;

import io.psycache.PsycacheSchema;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.LogReads;
import io.psycache.internal.store.LogReads.Moment;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Whether a look at the log is as quick beside much that it must not read. */
final class NearLookChapter implements Chapter {
    private static final String SCHEMA = "near_look";
    private static final int ROWS = 100_000;
    private static final int LOOKS = 200;
    private static final double MOST = 1.5;
    private static final Pattern MILLIS = Pattern.compile("Execution Time: ([0-9.]+) ms");

    private static final String IDLE = "idle";
    private static final String WRITER = "beside a transaction with %,d uncommitted rows".formatted(ROWS);
    private static final String COLLECTED = "after a collection of %,d rows under an old transaction".formatted(ROWS);

    private final LogReads log = new LogReads(new CacheTables("", "psycache"));

    @Override
    public String name() {
        return "near-look";
    }

    @Override
    public String title() {
        return "A look at the log";
    }

    @Override
    public String introduction() {
        return """
                The server's time for the statement that asks what has been invalidated since the last look, when that was a moment ago:
                `explain (analyze, timing off)` of the prepared statement with its generic plan, median of %d. The rows are in the log of
                invalidations.
                """.formatted(LOOKS);
    }

    @Override
    public void prepare() {
        BenchmarkServer.newSchema(SCHEMA);
        PsycacheSchema.create(BenchmarkServer.connections(SCHEMA));
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Map<String, Callable<Double>> situations = new LinkedHashMap<>();
        situations.put(IDLE, this::looks);
        situations.put(WRITER, this::besideAWriter);
        situations.put(COLLECTED, this::afterACollection);
        Map<String, List<Double>> micros = rounds.of(situations);
        String rows = micros.entrySet().stream()
                .map(each -> "| %s | %s |"
                        .formatted(
                                each.getKey(),
                                Spread.of(each.getValue(), Double::doubleValue).text(0)))
                .collect(Collectors.joining("\n"));
        System.out.println(rows);
        return new Findings(
                "| a look | µs |\n|---|---|\n" + rows,
                List.of(),
                List.of(demand(micros, WRITER), demand(micros, COLLECTED)));
    }

    private static Demand demand(Map<String, List<Double>> micros, String situation) {
        List<Double> idle = micros.getOrDefault(IDLE, List.of());
        List<Double> other = micros.getOrDefault(situation, List.of());
        return Demand.atMost(
                "look %s : %s".formatted(situation, IDLE),
                MOST,
                Spread.of(IntStream.range(0, idle.size())
                        .mapToDouble(i -> other.get(i) / idle.get(i))
                        .toArray()));
    }

    private double besideAWriter() throws SQLException {
        try (Connection writer = transaction()) {
            insertRows(writer);
            double micros = looks();
            writer.rollback();
            return micros;
        } finally {
            sql("vacuum psycache_invalidation");
        }
    }

    private double afterACollection() throws SQLException {
        try (Connection old = transaction();
                Connection writer = transaction()) {
            insertRows(writer);
            writer.commit();
            sql("delete from psycache_invalidation");
            double micros = looks();
            old.rollback();
            return micros;
        } finally {
            sql("vacuum psycache_invalidation");
        }
    }

    /** One that has an id and a snapshot. */
    private static Connection transaction() throws SQLException {
        Connection connection = BenchmarkServer.connections(SCHEMA).getConnection();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        execute(connection, "select pg_current_xact_id()");
        return connection;
    }

    private static void insertRows(Connection connection) throws SQLException {
        execute(
                connection,
                "insert into psycache_invalidation (tag) select 't:' || n from generate_series(1, %d) n"
                        .formatted(ROWS));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void sql(String statement) {
        BenchmarkServer.sql(SCHEMA).execute(statement);
    }

    /** Microseconds of one. */
    private double looks() {
        sql("insert into psycache_invalidation (tag) values ('t:last')"); // later than what is open
        SingleConnectionDataSource connection = new SingleConnectionDataSource(BenchmarkServer.url(SCHEMA), true);
        try {
            JdbcTemplate server = new JdbcTemplate(connection);
            server.execute("set plan_cache_mode = force_generic_plan");
            String look = prepared(server, connection);
            return Spread.of(IntStream.range(0, LOOKS)
                            .mapToDouble(i -> micros(server, look))
                            .toArray())
                    .median();
        } finally {
            connection.destroy();
        }
    }

    /** Prepares the statement of a look now. @return how to execute it */
    private String prepared(JdbcTemplate server, SingleConnectionDataSource connection) {
        List<String> statements = new ArrayList<>();
        Session session = new Sessions(
                        new StatementsDataSource(connection, sql -> {
                            statements.add(sql);
                            return sql;
                        }),
                        Duration.ofMinutes(1))
                .unbounded();
        Moment base = log.look(session, null, false).orElseThrow().moment();
        log.look(session, base, false);
        String[] snapshot = base.snapshot().text().split(":", -1);
        boolean hasRunning = !snapshot[2].isEmpty();
        server.execute("prepare look (text%s) as %s"
                .formatted(
                        hasRunning ? ", text[]" : "",
                        statements
                                .get(statements.size() - 1)
                                .replaceFirst("\\?", "\\$1")
                                .replaceFirst("\\?", "\\$2")));
        return "execute look ('%s'%s)".formatted(snapshot[1], hasRunning ? ", '{" + snapshot[2] + "}'" : "");
    }

    private static double micros(JdbcTemplate server, String look) {
        String plan = String.join("\n", server.queryForList("explain (analyze, timing off) " + look, String.class));
        Matcher found = MILLIS.matcher(plan);
        if (!found.find()) {
            throw new IllegalStateException("no time in " + plan);
        }
        return 1_000 * Double.parseDouble(found.group(1));
    }

    @Override
    public void close() {}
}

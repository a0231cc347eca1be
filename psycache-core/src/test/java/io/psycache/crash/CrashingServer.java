package io.psycache.crash;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A PostgreSQL of a test's own, which can crash as servers do and is back when that has ended. Its processes are stopped with
 * it, or with this JVM.
 *
 * <p>Application data is safe once it is committed; transaction ids that nothing safe depends on are lost in a crash, as they
 * may be on any server, but here for certain: nobody writes the log of PostgreSQL in the background.
 */
final class CrashingServer implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private final PGSimpleDataSource unpooled = new PGSimpleDataSource();
    private final Path data;
    private final List<String> command;
    private Process restarted;

    /** The ways to crash. */
    enum Crash {
        /** One process of many: PostgreSQL ends the others and begins anew. */
        KILLED_BACKEND {
            @Override
            void happen(CrashingServer server) throws SQLException {
                try (Connection victim = server.unpooled.getConnection()) {
                    kill(Long.parseLong(server.backendOf(victim)));
                }
            }
        },
        KILLED_POSTMASTER {
            @Override
            void happen(CrashingServer server) {
                kill(server.postmaster());
                server.restart();
            }
        },
        IMMEDIATE_STOP {
            @Override
            void happen(CrashingServer server) throws IOException, InterruptedException {
                server.stopImmediately();
                server.restart();
            }
        };

        abstract void happen(CrashingServer server) throws Exception;
    }

    CrashingServer() throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("wal_writer_delay", "10s")
                .setServerConfig("autovacuum", "off")
                .start();
        unpooled.setURL(postgres.getJdbcUrl("postgres", "postgres"));
        data = Path.of(queryForString("show data_directory"));
        ProcessHandle.Info process =
                ProcessHandle.of(postmaster()).orElseThrow().info();
        command = asUser(Stream.concat(
                process.command().stream(), Stream.of(process.arguments().orElseThrow())));
    }

    /** As the library does it: PostgreSQL refuses to run as root. */
    private static List<String> asUser(Stream<String> command) {
        return LinuxUtils.isUnshareAvailable()
                ? Stream.concat(Stream.of("unshare", "-U"), command).toList()
                : command.toList();
    }

    /** The pool of an application, which knows of no crash. */
    HikariDataSource newPool() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(unpooled);
        config.setMaximumPoolSize(4);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }

    Connection connect() throws SQLException {
        return unpooled.getConnection();
    }

    void execute(String sql) {
        new JdbcTemplate(unpooled).execute(sql);
    }

    String queryForString(String sql) {
        return new JdbcTemplate(unpooled).queryForObject(sql, String.class);
    }

    /** Takes transaction ids and gives them up, so that nothing in the log of PostgreSQL depends on them. */
    void useUpTransactionIds(int count) throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < count; i++) {
                connection.createStatement().execute("select pg_current_xact_id()");
                connection.rollback();
            }
        }
    }

    String backendOf(Connection connection) throws SQLException {
        try (var rows = connection.createStatement().executeQuery("select pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Returns once the server takes connections again, and none from before lives. */
    void crash(Crash how) throws Exception {
        try (Connection witness = connect()) {
            how.happen(this);
            await().until(() -> !witness.isValid(1));
        }
        awaitUp();
    }

    /** {@link Crash#KILLED_BACKEND} of this one. */
    void crash(long backend) {
        kill(backend);
        await().until(() -> ProcessHandle.of(backend).isEmpty());
        awaitUp();
    }

    private void awaitUp() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(() -> queryForString("select 'up'").equals("up"));
    }

    private static void kill(long process) {
        ProcessHandle.of(process).orElseThrow().destroyForcibly();
    }

    private long postmaster() {
        try {
            return Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stopImmediately() throws IOException, InterruptedException {
        Path control = Path.of(command.get(command.indexOf("-D") - 1)).resolveSibling("pg_ctl");
        List<String> stop = new ArrayList<>(
                asUser(Stream.of(control.toString(), "stop", "-m", "immediate", "-D", data.toString())));
        int status = process(stop).waitFor();
        if (status != 0) {
            throw new IllegalStateException("pg_ctl stop ended with " + status);
        }
    }

    /** A new postmaster refuses while a process of the old one still ends, so it is tried again. */
    private void restart() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            if (restarted == null || !restarted.isAlive()) {
                restarted = process(command);
            }
            try (Connection connection = connect()) {
                return connection.isValid(1);
            } catch (SQLException e) {
                return false; // not yet
            }
        });
    }

    private Process process(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolve("restarts.log").toFile()))
                .start();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}

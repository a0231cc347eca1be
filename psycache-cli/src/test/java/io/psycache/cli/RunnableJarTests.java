package io.psycache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.psycache.cli.Tool.Result;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The jar as users run it, on a fresh PostgreSQL that asks the role {@code ann} for her password. */
@TestMethodOrder(OrderAnnotation.class)
class RunnableJarTests {
    private static final Path JAR = Path.of(System.getProperty("psycache.jar"));
    private static final String PASSWORD = "s3cret: \\ü";

    private static EmbeddedPostgres server;
    private static String url;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException, SQLException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("hba_file", rules().toString())
                .setServerConfig("fsync", "off")
                .start();
        execute("create role ann login password '" + PASSWORD + "'", "create database app owner ann");
        url = "postgresql://ann@localhost:" + server.getPort() + "/app";
    }

    private static Path rules() throws IOException {
        Path rules = Files.createTempFile("pg_hba", ".conf");
        rules.toFile().deleteOnExit();
        Files.writeString(rules, "host all ann all scram-sha-256\nhost all all all trust\n");
        if (rules.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(rules, PosixFilePermissions.fromString("rw-r--r--"));
        }
        return rules;
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    @Order(1)
    void everyCommandDoesItsWork() throws Exception {
        assertThat(psycache("init-db", url)).isEqualTo(new Result(0, "", ""));
        execute("insert into psycache (key, value, expires_at, tags) values"
                + " ('Jürgen', '{\"name\": \"ü€\"}', 'infinity', '{c:users,t:team}'), ('k', '1', 'infinity', '{}'),"
                + " ('old', '1', '2020-01-01', '{}')");
        assertThat(psycache("get", "k", url)).isEqualTo(new Result(0, "1\n", ""));
        assertThat(psycache("cleanup", url)).isEqualTo(new Result(0, "1\n", ""));
        assertThat(psycache("stats", url).out())
                .startsWith("entries       2\nbytes ")
                .contains("log-entries   1\nlast-cleanup  20")
                .contains("  users\n");
        assertThat(psycache("get", "Jürgen", url)).isEqualTo(new Result(0, "{\"name\": \"ü€\"}\n", ""));
        assertThat(psycache("invalidate", "team", url)).isEqualTo(new Result(0, "", ""));
        assertThat(psycache("get", "Jürgen", url).status()).isOne();
        assertThat(psycache("remove", "k", url)).isEqualTo(new Result(0, "", ""));
        assertThat(psycache("flush", "--yes", url)).isEqualTo(new Result(0, "1\n", ""));
        assertThat(psycache("drop", "--yes", url)).isEqualTo(new Result(0, "", ""));
        assertThat(psycache("drop", "--yes", url).status()).isOne();
    }

    @Test
    void thePasswordComesFromTheFileOfPasswordsToo() throws Exception {
        Path passwords = folder.resolve("pgpass");
        Files.writeString(
                passwords,
                "localhost:*:app:ann:" + PASSWORD.replace("\\", "\\\\").replace(":", "\\:") + "\n");
        Result result = run(Map.of("PGPASSFILE", passwords.toString()), "cleanup", url);
        assertThat(result.err()).startsWith("psycache: Missing in schema"); // connected
        Result none = run(Map.of("PGPASSFILE", folder.resolve("none").toString()), "cleanup", url);
        assertThat(none.status()).isOne();
        assertThat(none.err()).contains("no password was provided. (passwords come from PGPASSWORD,");
        Result wrong = run(Map.of("PGPASSWORD", "wrong"), "cleanup", url);
        assertThat(wrong.status()).isOne();
        assertThat(wrong.err())
                .contains("password authentication failed for user \"ann\"")
                .hasLineCount(1);
    }

    @Test
    void withoutATerminalNothingIsDestroyedUnasked() throws Exception {
        for (String command : List.of("flush", "drop")) {
            Result result = psycache(command, url);
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err())
                    .startsWith("psycache: this is not a terminal, so nobody can be asked; say --yes\n");
        }
    }

    @Test
    void aCharacterThatTheLocaleLacksIsNotTakenForAnother() throws Exception {
        Result result = run(Map.of("LC_ALL", "C", "PGPASSWORD", PASSWORD), "get", "Jürgen", url);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("set LC_ALL=C.UTF-8");
    }

    @Test
    void aFullDiskIsAFailure() throws Exception {
        File full = new File("/dev/full");
        assumeTrue(full.exists());
        Process process = builder(Map.of(), "init-db").redirectOutput(full).start();
        assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
                .isEqualTo("psycache: can't write to standard output\n");
        assertThat(process.waitFor()).isOne();
    }

    @Test
    void versionIsThatOfTheJar() throws Exception {
        assertThat(psycache("--version").out()).matches("psycache \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
    }

    @Test
    void licencesAndServicesOfWhatIsInsideAreKept() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(text(jar, "META-INF/services/java.sql.Driver")).contains("org.postgresql.Driver");
            assertThat(licences(jar))
                    .contains("Apache License", "PostgreSQL Global Development Group", "Spring Framework");
        }
    }

    private static String licences(JarFile jar) throws IOException {
        StringBuilder licences = new StringBuilder();
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            String name = entries.nextElement().getName();
            if (name.matches("(?i)META-INF/(license|notice)(\\.txt)?")) {
                licences.append(text(jar, name));
            }
        }
        return licences.toString();
    }

    private static String text(JarFile jar, String name) throws IOException {
        return new String(jar.getInputStream(jar.getJarEntry(name)).readAllBytes(), UTF_8);
    }

    private static Result psycache(String... arguments) throws IOException, InterruptedException {
        return run(Map.of("PGPASSWORD", PASSWORD), arguments);
    }

    private static Result run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Path err = Files.createTempFile("stderr", ".txt");
        try {
            Process process =
                    builder(environment, arguments).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Result(process.waitFor(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    private static ProcessBuilder builder(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        return builder;
    }

    private static void execute(String... statements) throws SQLException {
        String database = statements.length > 1 ? "postgres" : "app";
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}

package io.psycache.testsupport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** A PgBouncer in transaction mode before the test server, with 2 server connections for any number of clients. */
public final class PgBouncer implements AutoCloseable {
    private final Process process;
    private final PGSimpleDataSource dataSource;

    private PgBouncer(Process process, PGSimpleDataSource dataSource) {
        this.process = process;
        this.dataSource = dataSource;
    }

    /** Whether there is a {@code pgbouncer} on the path. */
    public static boolean isInstalled() {
        return Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "pgbouncer")));
    }

    /** Starts one, and returns once it listens. */
    public static PgBouncer start(TestDatabase database) {
        try {
            int port = freePort();
            Process process = new ProcessBuilder(command(configuration(database.unpooled(), port)))
                    .redirectErrorStream(true)
                    .start();
            awaitListening(process);
            return new PgBouncer(process, clientOf(database, port));
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer did not start", e);
        }
    }

    /** Connections through it, without a pool and without prepared statements of the server. */
    public PGSimpleDataSource dataSource() {
        return dataSource;
    }

    private static PGSimpleDataSource clientOf(TestDatabase database, int port) {
        PGSimpleDataSource client = database.unpooled();
        client.setServerNames(new String[] {"127.0.0.1"});
        client.setPortNumbers(new int[] {port});
        client.setPrepareThreshold(0);
        return client;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path configuration(PGSimpleDataSource server, int port) throws IOException {
        String password = server.getPassword() == null ? "" : " password=" + server.getPassword();
        Path file = Files.createTempFile("pgbouncer", ".ini");
        file.toFile().deleteOnExit();
        Files.writeString(file, """
                [databases]
                * = host=%s port=%d user=%s%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 2
                ignore_startup_parameters = extra_float_digits, search_path
                """.formatted(
                        "localhost".equals(server.getServerNames()[0]) ? "127.0.0.1" : server.getServerNames()[0],
                        server.getPortNumbers()[0],
                        server.getUser() == null ? "postgres" : server.getUser(),
                        password,
                        port));
        if (isRoot()) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        return file;
    }

    private static List<String> command(Path configuration) {
        List<String> command = new ArrayList<>(List.of("pgbouncer"));
        if (isRoot()) { // it refuses to run as root
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(configuration.toString());
        return command;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void awaitListening(Process process) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains("process up")) {
                drain(output);
                return;
            }
        }
        throw new IOException("it ended at once and said: " + said);
    }

    private static void drain(BufferedReader output) {
        Thread thread = new Thread(() -> output.lines().forEach(line -> {}), "pgbouncer-output");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        process.destroy();
    }
}

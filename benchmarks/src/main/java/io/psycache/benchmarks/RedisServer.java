package io.psycache.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A Redis of this run, where {@code redis-server} is installed. It keeps nothing on disk, as a cache. */
final class RedisServer implements AutoCloseable {
    static final String MISSING =
            "Redis: not measured, `redis-server` is not installed (Debian: `apt-get install redis-server`).";

    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Optional<RedisServer> start() throws IOException {
        Optional<Path> program = Programs.find("redis-server");
        return program.isEmpty() ? Optional.empty() : Optional.of(start(program.get()));
    }

    private static RedisServer start(Path program) throws IOException {
        int port = freePort();
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        Files.createTempDirectory("redis").toString())
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // also where a measurement fails
        return new RedisServer(process, port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** With one connection for all callers, as Spring Boot has it. It tries until the server is there, for 10 seconds. */
    LettuceConnectionFactory connections() throws InterruptedException {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", port);
        factory.afterPropertiesSet();
        factory.start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            try {
                factory.getConnection().ping();
                return factory;
            } catch (RedisConnectionFailureException e) {
                if (!process.isAlive() || System.nanoTime() - end > 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}

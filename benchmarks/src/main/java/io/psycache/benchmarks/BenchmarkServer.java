package io.psycache.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The PostgreSQL of a run, with the settings of a server that keeps its data safe, and of memory what its manual advises. */
final class BenchmarkServer implements AutoCloseable {
    private static final String URL = "psycache.benchmarks.url";
    private static final long MEMORY_BYTES =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();

    private final EmbeddedPostgres postgres;

    private BenchmarkServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static BenchmarkServer start() throws IOException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_buffers", megabytes(MEMORY_BYTES / 4))
                .setServerConfig("effective_cache_size", megabytes(MEMORY_BYTES / 2))
                .setServerConfig("max_wal_size", "2GB")
                .setServerConfig("random_page_cost", "1.1")
                .start();
        System.setProperty(URL, postgres.getJdbcUrl("postgres", "postgres"));
        return new BenchmarkServer(postgres);
    }

    private static String megabytes(long bytes) {
        return bytes / 1_048_576 + "MB";
    }

    /** For a process of its own: with the user and the schema. */
    static String url(String schema) {
        return System.getProperty(URL) + "&currentSchema=" + schema;
    }

    /** Tells a fork of this process where the server is. */
    static String jvmArgument() {
        return "-D" + URL + "=" + System.getProperty(URL);
    }

    /** A data source without a pool, on a schema. */
    static PGSimpleDataSource connections(String schema) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(System.getProperty(URL));
        dataSource.setCurrentSchema(schema);
        return dataSource;
    }

    static HikariDataSource pool(String schema, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(connections(schema));
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    /** A new schema, and SQL in it. */
    static JdbcTemplate newSchema(String schema) {
        sql("public").execute("create schema " + schema);
        return sql(schema);
    }

    static JdbcTemplate sql(String schema) {
        return new JdbcTemplate(connections(schema));
    }

    static int port() {
        return connections("public").getPortNumbers()[0];
    }

    String version() {
        return String.valueOf(sql("public").queryForObject("show server_version", String.class));
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}

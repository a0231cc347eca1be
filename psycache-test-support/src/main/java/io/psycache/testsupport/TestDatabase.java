package io.psycache.testsupport;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A fresh schema on the one PostgreSQL server of this JVM, with a connection pool whose {@code search_path} is that schema. Register
 * it as an extension, open caches and connections through {@link #closing}, and all of it closes after the test or the class:
 *
 * <pre>{@code
 * @RegisterExtension
 * private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);
 *
 * private final PostgresCache cache =
 *         database.closing(PostgresCache.builder(database.dataSource()).build());
 * }</pre>
 *
 * <p>The server is an embedded PostgreSQL, started on first use, or the one that the environment variable {@code
 * PSYCACHE_TEST_URL} (a JDBC URL with user and password) names. Closing drops the schema.
 */
public final class TestDatabase extends ClosingExtension {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final String schema = "t" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    private final Server server;
    private final HikariDataSource pool;
    private @Nullable String tablesToEmpty;

    private TestDatabase(Server server) {
        this.server = server;
        if (server != Shared.SERVER) {
            closing(server);
        }
        execute(server.dataSourceIn("public"), "create schema " + schema);
        closing(this::dropSchema);
        this.pool = newPool(10, true);
    }

    /** Creates a schema that nobody else uses. */
    public static TestDatabase create() {
        return new TestDatabase(Shared.SERVER);
    }

    /** Creates a schema that nobody else uses and lets {@code tables} create tables in it. */
    public static TestDatabase create(Consumer<DataSource> tables) {
        TestDatabase database = create();
        tables.accept(database.dataSource());
        return database;
    }

    /** Creates a schema on an embedded server that nobody else uses, with transaction ids of its own; it ends with the schema. */
    public static TestDatabase createOnServerOfItsOwn() {
        return new TestDatabase(Server.start());
    }

    /** Truncates these tables after each test, where the tests of a class share this database. */
    public TestDatabase emptiedAfterEach(String... tables) {
        tablesToEmpty = String.join(", ", tables);
        return this;
    }

    @Override
    protected void afterSharedTest() {
        if (tablesToEmpty != null) {
            execute("truncate " + tablesToEmpty);
        }
    }

    /** Whether the shared server is an embedded one, so that there may be more. */
    public static boolean isEmbedded() {
        return Shared.URL == null;
    }

    /** The pool of 10 connections, auto-commit on. */
    public DataSource dataSource() {
        return pool;
    }

    /** Another pool on the same schema, which closes as {@link #closing} says. */
    public HikariDataSource newPool(int size, boolean autoCommit) {
        return newPool(unpooled(), size, autoCommit);
    }

    /** A pool whose connections go through a network that can fail. */
    public HikariDataSource newPool(FaultyNetwork network, int size) {
        PGSimpleDataSource behind = unpooled();
        behind.setPortNumbers(new int[] {network.port()});
        return newPool(behind, size, true);
    }

    /** A network to the server, which closes as {@link #closing} says. */
    public FaultyNetwork newNetwork() {
        try {
            return closing(new FaultyNetwork(unpooled().getPortNumbers()[0]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HikariDataSource newPool(PGSimpleDataSource unpooled, int size, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(unpooled);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setAutoCommit(autoCommit);
        config.setConnectionTimeout(5_000);
        return closing(new HikariDataSource(config));
    }

    /** A data source without a pool on this schema: each connection is a new session. */
    public PGSimpleDataSource unpooled() {
        return server.dataSourceIn(schema);
    }

    public String schema() {
        return schema;
    }

    /** JDBC URL of the server with this schema as {@code currentSchema}, user and password included. */
    public String jdbcUrl() {
        PGSimpleDataSource dataSource = unpooled();
        String password = dataSource.getPassword();
        return dataSource.getURL() + (dataSource.getURL().contains("?") ? "&" : "?") + "user=" + dataSource.getUser()
                + (password == null ? "" : "&password=" + password);
    }

    /** Runs one statement, or several with {@code ;} between, and commits. */
    public void execute(String sql) {
        execute(pool, sql);
    }

    /** The first column of the first row as text; null where there is no row or the column is null. */
    public @Nullable String queryForString(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException("test query failed: " + sql, e);
        }
    }

    /** The first column of the first row as a number. */
    public long queryForLong(String sql) {
        String value = queryForString(sql);
        if (value == null) {
            throw new IllegalStateException("no value from: " + sql);
        }
        return Long.parseLong(value);
    }

    /**
     * What the catalog has of the relations whose names begin so, a line each: relations with persistence and storage options,
     * columns with types, defaults and collations, identities, constraints and indexes; without the schema's name.
     */
    public String structure(String prefix) {
        return String.valueOf(queryForString("""
                with r as (select * from pg_class
                            where relnamespace = current_schema()::regnamespace and starts_with(relname, '%s'))
                select replace(string_agg(line, E'\\n' order by line), current_schema() || '.', '') from (
                  select concat_ws(' ', r.relname, r.relkind, r.relpersistence, r.reloptions, r.relreplident, m.amname,
                         a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                         a.attgenerated, a.attstorage, a.attcompression, l.collname, pg_get_expr(d.adbin, d.adrelid))
                    from r left join pg_am m on m.oid = r.relam
                    left join pg_attribute a on a.attrelid = r.oid and attnum > 0 and not attisdropped
                    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                    left join pg_collation l on l.oid = a.attcollation
                  union all
                  select concat_ws(' ', conname, pg_get_constraintdef(c.oid)) from pg_constraint c join r on r.oid = conrelid
                  union all
                  select concat_ws(' ', r.relname, to_jsonb(s) - 'seqrelid') from pg_sequence s join r on r.oid = seqrelid
                  union all
                  select pg_get_indexdef(i.indexrelid) from pg_index i join r on r.oid = i.indexrelid) as lines (line)""".formatted(prefix)));
    }

    private void dropSchema() {
        execute(server.dataSourceIn("public"), "drop schema if exists " + schema + " cascade");
    }

    private static void execute(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("test statement failed: " + sql, e);
        }
    }

    private static final class Shared {
        private static final @Nullable String URL = System.getenv("PSYCACHE_TEST_URL");
        private static final Server SERVER = URL != null ? new Server(URL, null) : Server.start();

        private Shared() {}
    }

    /** @param embedded null = it runs elsewhere */
    private record Server(String url, @Nullable EmbeddedPostgres embedded) implements AutoCloseable {

        /** Starts one, which stops with this JVM at the latest. */
        private static Server start() {
            try {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("fsync", "off")
                        .start();
                return new Server(postgres.getJdbcUrl("postgres", "postgres"), postgres);
            } catch (IOException e) {
                throw new UncheckedIOException("the embedded PostgreSQL did not start", e);
            }
        }

        private PGSimpleDataSource dataSourceIn(String schema) {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setURL(url);
            dataSource.setCurrentSchema(schema);
            return dataSource;
        }

        @Override
        public void close() {
            try {
                if (embedded != null) {
                    embedded.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the embedded PostgreSQL did not stop", e);
            }
        }
    }
}

package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import io.psycache.codec.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;

/** What one writes without a cache library: a table, a select and an upsert. The JSON is psycache's, with its checks. */
final class JdbcTemplateContender implements Contender {
    static final String TABLE = "plain";

    private static final String GET = "select value from plain where key = ? and expires_at > statement_timestamp()";
    private static final String PUT = """
            insert into plain (key, value, expires_at) values (?, ?::jsonb, clock_timestamp() + interval '1 hour')
            on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at""";

    private final HikariDataSource pool;
    private final JdbcTemplate jdbc;
    private final Keys keys;
    private final CacheCodec codec = CacheCodecs.detect();

    JdbcTemplateContender(String schema, int connections, Keys keys) {
        this.pool = BenchmarkServer.pool(schema, connections);
        this.jdbc = new JdbcTemplate(pool);
        this.keys = keys;
    }

    /** With the entries that psycache's table has. */
    JdbcTemplateContender filled() {
        jdbc.execute("""
                create unlogged table plain (key text collate "C" primary key, value jsonb not null,
                                             expires_at timestamptz not null) with (fillfactor = 70)""");
        jdbc.update("insert into plain select key, value, expires_at from psycache");
        jdbc.execute("vacuum analyze plain");
        return this;
    }

    @Override
    public String name() {
        return Contenders.JDBC;
    }

    @Override
    public int get() {
        jdbc.query(GET, (row, number) -> decoded(row.getBytes(1)), "orders::" + keys.random())
                .get(0);
        return 1;
    }

    /** @return how many there are of these keys */
    int getAll(List<String> many) {
        return jdbc.query(
                        "select value from plain where key = any (?) and expires_at > statement_timestamp()",
                        statement -> statement.setArray(
                                1, statement.getConnection().createArrayOf("text", many.toArray(new String[0]))),
                        (row, number) -> decoded(row.getBytes(1)))
                .size();
    }

    private Object decoded(byte[] json) {
        try {
            return Objects.requireNonNull(codec.decode(json, Order.class));
        } catch (CodecException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int put() {
        int key = keys.random();
        try {
            byte[] json = codec.encode(Order.of(key), Order.class);
            jdbc.update(PUT, "orders::" + key, new String(json, StandardCharsets.UTF_8));
        } catch (CodecException e) {
            throw new IllegalStateException(e);
        }
        return 1;
    }

    void close() {
        pool.close();
    }
}

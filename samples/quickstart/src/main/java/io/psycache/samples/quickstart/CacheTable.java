package io.psycache.samples.quickstart;

import io.psycache.PostgresCache;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of the cache as they lie in its table. Your application needs no such thing. */
@Component
class CacheTable {

    private static final int JSON_LENGTH = 400;

    private static final String ROWS = """
            select key, pg_column_size(value) as size, left(value::text, :length) as json,
                   length(value::text) > :length as shortened,
                   case when isfinite(expires_at)
                        then extract(epoch from expires_at - statement_timestamp())::bigint end as ttl
              from psycache
             order by key""";

    private final JdbcClient jdbc;
    private final PostgresCache cache;

    CacheTable(JdbcClient jdbc, PostgresCache cache) {
        this.jdbc = jdbc;
        this.cache = cache;
    }

    List<Row> rows() {
        List<Stored> stored =
                jdbc.sql(ROWS).param("length", JSON_LENGTH).query(Stored.class).list();
        return stored.stream().map(row -> new Row(row, cache.exists(row.key()))).toList();
    }

    /** @param ttl seconds left; null = never expires @param size bytes in the table, compressed */
    record Stored(String key, @Nullable Long ttl, int size, String json, boolean shortened) {}

    /** @param valid false once evicted or expired: nobody gets it, and a cleanup will delete it */
    record Row(String key, @Nullable Long ttl, int size, String json, boolean shortened, boolean valid) {

        Row(Stored row, boolean valid) {
            this(row.key(), row.ttl(), row.size(), row.json(), row.shortened(), valid);
        }
    }
}

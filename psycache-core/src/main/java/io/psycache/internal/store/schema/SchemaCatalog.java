package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The relations that the database's catalog has under the names of the tables. Reading it locks nothing that an application uses.
 *
 * @param schema the schema looked at; null if the search path has none
 * @param role the connection's role, quoted
 * @param schemaUsable whether the role has usage on the schema
 * @param relations the relations that have one of the names, by name
 */
record SchemaCatalog(
        @Nullable String schema,
        String role,
        boolean schemaExists,
        boolean schemaUsable,
        Map<String, Relation> relations) {

    /**
     * A row per relation that has one of the names, or one row without a relation. Every insert must name a {@code demanded} column.
     * The indexes are the valid ones over columns. Parameters: schema, and the four names.
     */
    private static final String QUERY = """
            select n.name as schema, quote_ident(current_user) as role, n.oid is not null as exists,
                   coalesce(has_schema_privilege(n.oid, 'usage'), false) as schema_usable,
                   c.relname, c.relkind, c.relpersistence,
                   has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
                     and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete') as usable,
                   a.columns, a.types, a.demanded, i.indexes, i.unique_indexes
              from (select name, to_regnamespace(quote_ident(name)) as oid
                      from coalesce(nullif(?, ''), current_schema()) name) n
              left join pg_class c on c.relnamespace = n.oid and c.relname in (?, ?, ?, ?)
             cross join lateral (
                   select coalesce(array_agg(attname::text order by attnum), '{}') as columns,
                          coalesce(array_agg(replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz')
                            order by attnum), '{}') as types,
                          coalesce(array_agg(attname::text order by attnum)
                            filter (where attnotnull and not atthasdef and attidentity = ''), '{}') as demanded
                     from pg_attribute
                    where attrelid = c.oid and attnum > 0 and not attisdropped) a
             cross join lateral (
                   select coalesce(array_agg(key), '{}') as indexes,
                          coalesce(array_agg(key) filter (where indisunique and indimmediate), '{}') as unique_indexes
                     from pg_index
                    cross join lateral (
                          select string_agg(attname, ',' order by position)
                                 || coalesce(' where ' || pg_get_expr(indpred, indrelid), '') as key
                            from unnest(indkey::int2[]) with ordinality k (number, position)
                            join pg_attribute on attrelid = indrelid and attnum = number
                           where position <= indnkeyatts) k
                    where indrelid = c.oid and indisvalid and indexprs is null) i""";

    /**
     * A table or something else.
     *
     * @param kind {@code pg_class.relkind}
     * @param persistence {@code pg_class.relpersistence}
     * @param usable whether the role may select, insert, update and delete
     * @param columns the types by name, as the DDL of {@link Part} has them
     * @param demanded the columns that every insert must name
     * @param indexes the columns of each valid index, separated by commas, and of a partial one its condition
     * @param uniqueIndexes those of them that are unique
     */
    record Relation(
            String kind,
            String persistence,
            boolean usable,
            Map<String, String> columns,
            List<String> demanded,
            List<String> indexes,
            List<String> uniqueIndexes) {

        /** Whether an index over all rows begins with these columns. */
        boolean hasIndexOn(String columns) {
            return indexes.stream()
                    .filter(index -> !index.contains(" where "))
                    .anyMatch(index -> index.equals(columns) || index.startsWith(columns + ","));
        }
    }

    /** Reads it in one round trip, since each start of an application waits for it. */
    static SchemaCatalog read(JdbcTemplate jdbc, CacheTables tables) {
        Map<String, Relation> relations = new HashMap<>();
        return jdbc.query(
                        QUERY,
                        (row, number) -> {
                            if (row.getString("relname") != null) {
                                relations.put(row.getString("relname"), relation(row));
                            }
                            return new SchemaCatalog(
                                    row.getString("schema"),
                                    row.getString("role"),
                                    row.getBoolean("exists"),
                                    row.getBoolean("schema_usable"),
                                    relations);
                        },
                        tables.schema(),
                        tables.table(),
                        tables.invalidationsName(),
                        tables.epochName(),
                        tables.leasesName())
                .get(0);
    }

    private static Relation relation(ResultSet row) throws SQLException {
        Map<String, String> columns = new HashMap<>();
        List<String> types = texts(row, "types");
        texts(row, "columns").forEach(column -> columns.put(column, types.get(columns.size())));
        return new Relation(
                row.getString("relkind"),
                row.getString("relpersistence"),
                row.getBoolean("usable"),
                columns,
                texts(row, "demanded"),
                texts(row, "indexes"),
                texts(row, "unique_indexes"));
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}

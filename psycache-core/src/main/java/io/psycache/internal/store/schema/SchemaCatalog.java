package io.psycache.internal.store.schema;

import static io.psycache.internal.store.ConnectionTemplate.rows;

import io.psycache.internal.store.CacheTables;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the database's catalog has under the names of the tables. Reading it locks nothing that an application uses.
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
     * All queries, for one round trip: the environment; a row per column of the relations that have one of
     * the names, where every insert must name a {@code demanded} column; the columns of each valid index over all rows. Parameters:
     * schema, then twice schema and the four names.
     */
    private static final String QUERIES = """
            set transaction isolation level read committed;
            select n.name, quote_ident(current_user),
                   exists (select from pg_namespace where nspname = n.name),
                   coalesce(has_schema_privilege(to_regnamespace(quote_ident(n.name)), 'usage'), false)
              from (select coalesce(nullif(?, ''), current_schema()) as name) n;
            select c.relname, c.relkind, c.relpersistence, a.attname, format_type(a.atttypid, a.atttypmod),
                   a.attnotnull and not a.atthasdef and a.attidentity = '' as demanded,
                   has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
                     and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete') as usable
              from pg_class c
              left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where c.relnamespace = to_regnamespace(quote_ident(coalesce(nullif(?, ''), current_schema())))
               and c.relname in (?, ?, ?, ?)
             order by c.relname, a.attnum;
            select t.relname, i.indisunique and i.indimmediate,
                   (select string_agg(a.attname, ',' order by k.position)
                      from unnest(i.indkey::int2[]) with ordinality k (attnum, position)
                      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                     where k.position <= i.indnkeyatts)
              from pg_index i
              join pg_class t on t.oid = i.indrelid
             where t.relnamespace = to_regnamespace(quote_ident(coalesce(nullif(?, ''), current_schema())))
               and t.relname in (?, ?, ?, ?)
               and i.indisvalid and i.indpred is null and i.indexprs is null""";

    /**
     * A table or something else.
     *
     * @param kind {@code pg_class.relkind}
     * @param persistence {@code pg_class.relpersistence}
     * @param usable whether the role may select, insert, update and delete
     * @param columns by name, in the table's order
     * @param indexes the columns of each valid index over all rows, separated by commas
     * @param uniqueIndexes those of them that are unique
     */
    record Relation(
            String kind,
            String persistence,
            boolean usable,
            Map<String, Column> columns,
            List<String> indexes,
            List<String> uniqueIndexes) {

        boolean hasIndexOn(String first, String second) {
            String columns = first + "," + second;
            return indexes.stream().anyMatch(index -> index.equals(columns) || index.startsWith(columns + ","));
        }
    }

    /** @param demanded whether every insert must name the column */
    record Column(String type, boolean demanded) {}

    /** Sends all queries in one round trip, since each start of an application waits for it. */
    static SchemaCatalog read(JdbcTemplate jdbc, CacheTables tables) {
        return Objects.requireNonNull(jdbc.execute(QUERIES, (PreparedStatement statement) -> {
            bind(statement, tables);
            statement.execute();
            statement.getMoreResults(); // after that of "set transaction"
            return read(statement);
        }));
    }

    private static void bind(PreparedStatement statement, CacheTables tables) throws SQLException {
        int parameter = 0;
        statement.setString(++parameter, tables.schema());
        for (int names = 1; names <= 2; names++) {
            statement.setString(++parameter, tables.schema());
            statement.setString(++parameter, tables.table());
            statement.setString(++parameter, tables.invalidationsName());
            statement.setString(++parameter, tables.epochName());
            statement.setString(++parameter, tables.leasesName());
        }
    }

    private static SchemaCatalog read(PreparedStatement statement) throws SQLException {
        SchemaCatalog catalog = rows(statement, SchemaCatalog::environment).get(0);
        rows(statement, catalog::addColumn);
        rows(statement, catalog::addIndex);
        return catalog;
    }

    private static SchemaCatalog environment(ResultSet row, int number) throws SQLException {
        return new SchemaCatalog(
                row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4), new LinkedHashMap<>());
    }

    private Relation addColumn(ResultSet row, int number) throws SQLException {
        Relation created = new Relation(
                row.getString(2),
                row.getString(3),
                row.getBoolean(7),
                new LinkedHashMap<>(),
                new ArrayList<>(),
                new ArrayList<>());
        Relation relation = relations.computeIfAbsent(row.getString(1), name -> created);
        if (row.getString(4) != null) {
            relation.columns.put(row.getString(4), new Column(row.getString(5), row.getBoolean(6)));
        }
        return relation;
    }

    private String addIndex(ResultSet row, int number) throws SQLException {
        Relation relation = relations.get(row.getString(1));
        String columns = row.getString(3);
        if (relation != null) { // else it was made after the columns were read
            relation.indexes.add(columns);
            if (row.getBoolean(2)) {
                relation.uniqueIndexes.add(columns);
            }
        }
        return columns;
    }
}

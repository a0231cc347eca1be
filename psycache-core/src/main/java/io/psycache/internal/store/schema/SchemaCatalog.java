package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the database's catalog says about the names of the tables; reading it locks nothing that an application uses.
 *
 * @param schema the schema looked at; null where the search path has none
 * @param role the connection's role, quoted
 * @param schemaUsable whether the role may use what is in the schema
 * @param relations what has one of the names, by name
 */
record SchemaCatalog(
        @Nullable String schema,
        String role,
        boolean schemaExists,
        boolean schemaUsable,
        Map<String, Relation> relations) {

    /**
     * A table or something else.
     *
     * @param kind {@code pg_class.relkind}
     * @param persistence {@code pg_class.relpersistence}
     * @param usable whether the role may select, insert, update and delete
     * @param columns by name, in the table's order
     * @param indexes the columns of each whole index, with commas between
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

    static SchemaCatalog read(Connection connection, CacheTables tables) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SchemaStatements.CATALOG)) {
            bind(statement, tables);
            statement.execute();
            try (ResultSet environment = next(statement)) {
                environment.next();
                return new SchemaCatalog(
                        environment.getString(1),
                        environment.getString(2),
                        environment.getBoolean(3),
                        environment.getBoolean(4),
                        relations(statement));
            }
        }
    }

    private static void bind(PreparedStatement statement, CacheTables tables) throws SQLException {
        int parameter = 0;
        statement.setString(++parameter, tables.schema());
        for (int names = 1; names <= 2; names++) {
            statement.setString(++parameter, tables.schema());
            statement.setString(++parameter, tables.entriesName());
            statement.setString(++parameter, tables.invalidationsName());
            statement.setString(++parameter, tables.epochName());
            statement.setString(++parameter, tables.leasesName());
        }
    }

    private static ResultSet next(PreparedStatement statement) throws SQLException {
        statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
        return statement.getResultSet();
    }

    private static Map<String, Relation> relations(PreparedStatement statement) throws SQLException {
        Map<String, Relation> relations = new LinkedHashMap<>();
        try (ResultSet columns = next(statement)) {
            while (columns.next()) {
                addColumn(relations, columns);
            }
        }
        try (ResultSet indexes = next(statement)) {
            while (indexes.next()) {
                addIndex(relations.get(indexes.getString(1)), indexes);
            }
        }
        return relations;
    }

    private static void addColumn(Map<String, Relation> relations, ResultSet row) throws SQLException {
        Relation relation = relations.get(row.getString(1));
        if (relation == null) {
            relation = relation(row);
            relations.put(row.getString(1), relation);
        }
        if (row.getString(4) != null) {
            relation.columns().put(row.getString(4), new Column(row.getString(5), row.getBoolean(6)));
        }
    }

    private static Relation relation(ResultSet row) throws SQLException {
        return new Relation(
                row.getString(2),
                row.getString(3),
                row.getBoolean(7),
                new LinkedHashMap<>(),
                new ArrayList<>(),
                new ArrayList<>());
    }

    private static void addIndex(@Nullable Relation relation, ResultSet row) throws SQLException {
        if (relation == null) {
            return; // made since the tables were read
        }
        relation.indexes().add(row.getString(3));
        if (row.getBoolean(2)) {
            relation.uniqueIndexes().add(row.getString(3));
        }
    }
}

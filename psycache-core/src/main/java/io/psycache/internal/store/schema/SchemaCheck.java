package io.psycache.internal.store.schema;

import io.psycache.PsycacheSchemaException;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.schema.SchemaCatalog.Relation;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Comparison of the catalog with the tables that the cache needs. */
final class SchemaCheck {

    /** The columns that the three-column table of Python psycache lacks. */
    private static final Set<String> ADDED_COLUMNS =
            Part.ENTRIES_COLUMNS.columns().keySet();

    private final CacheTables tables;
    private final SchemaCatalog catalog;
    private final SchemaProblems problems;

    SchemaCheck(CacheTables tables, SchemaCatalog catalog) {
        this.tables = tables;
        this.catalog = catalog;
        this.problems = new SchemaProblems(tables, catalog);
    }

    SchemaProblems problems() {
        return problems;
    }

    /** @throws PsycacheSchemaException if one of the names is taken by something else, or the role may not use the tables */
    Set<Part> missing() {
        if (!catalog.schemaExists()) {
            throw problems.schemaMissing();
        }
        requireNoConflict();
        requireUsable();
        Set<Part> missing = EnumSet.allOf(Part.class);
        missing.removeIf(this::isThere);
        return missing;
    }

    private boolean isThere(Part part) {
        Relation invalidations = relation(tables.invalidationsName());
        return switch (part) {
            case ENTRIES -> entries() != null;
            case ENTRIES_COLUMNS -> addedColumnsMissing().isEmpty();
            case INVALIDATIONS -> invalidations != null;
            case INDEX ->
                invalidations != null
                        && (invalidations.hasIndexOn("tag,xid")
                                || invalidations.indexes().contains("tag,xid where (id > 0)"));
            case XID_INDEX -> invalidations != null && invalidations.hasIndexOn("xid");
            case EPOCH -> relation(tables.epochName()) != null;
            case LEASES -> relation(tables.leasesName()) != null;
        };
    }

    /** Whether the entries have no snapshots, as in a table that Python psycache created. */
    boolean entriesLackSnapshots() {
        return addedColumnsMissing().contains("snapshot");
    }

    String describe(Part part) {
        List<String> columns = part == Part.ENTRIES_COLUMNS ? addedColumnsMissing() : List.of();
        return part.describe(tables)
                + (columns.isEmpty() ? "" : columns.size() == 1 ? " column " : " columns ")
                + String.join(", ", columns);
    }

    private void requireNoConflict() {
        requireShape(tables.table(), Part.ENTRIES, "key");
        requireShape(tables.invalidationsName(), Part.INVALIDATIONS, null);
        requireShape(tables.epochName(), Part.EPOCH, "one");
        requireShape(tables.leasesName(), Part.LEASES, "key");
        Relation epoch = relation(tables.epochName());
        if (epoch != null && !epoch.persistence().equals("u")) {
            throw problems.conflict("table " + tables.epoch()
                    + " is not unlogged, so its row would survive a crash that empties the other tables"
                    + " (alter table " + tables.epoch() + " set unlogged)");
        }
    }

    private void requireShape(String name, Part part, @Nullable String uniqueColumn) {
        Relation relation = relation(name);
        if (relation == null) {
            return;
        }
        if (!relation.kind().equals("r")) {
            throw problems.conflict("'" + name + "' is " + kind(relation.kind()) + ", not an ordinary table");
        }
        Map<String, String> required = part.columns();
        required.forEach(
                (column, type) -> requireColumn(name, relation.columns().get(column), column, type));
        for (String column : relation.demanded()) {
            if (!required.containsKey(column)) {
                throw problems.conflict("table '" + name + "' has a column '" + column
                        + "' that is not null and has no default, so no row could be inserted");
            }
        }
        if (uniqueColumn != null && !relation.uniqueIndexes().contains(uniqueColumn)) {
            throw problems.conflict("table '" + name + "' has no primary key on column '" + uniqueColumn + "'");
        }
    }

    /** @param found its type; null = there is none */
    private void requireColumn(String name, @Nullable String found, String column, String type) {
        if (found == null && !ADDED_COLUMNS.contains(column)) {
            throw problems.conflict("table '" + name + "' has no column '" + column + "' (" + type + ")");
        }
        if (found != null && !found.equals(type)) {
            throw problems.conflict("column '" + column + "' of table '" + name + "' is " + found + ", not " + type);
        }
    }

    private void requireUsable() {
        if (!catalog.schemaUsable() || catalog.relations().values().stream().anyMatch(relation -> !relation.usable())) {
            throw problems.notUsable();
        }
    }

    private List<String> addedColumnsMissing() {
        Relation entries = entries();
        return entries == null
                ? List.of()
                : ADDED_COLUMNS.stream()
                        .filter(column -> !entries.columns().containsKey(column))
                        .toList();
    }

    private @Nullable Relation entries() {
        return relation(tables.table());
    }

    private @Nullable Relation relation(String name) {
        return catalog.relations().get(name);
    }

    private static String kind(String kind) {
        return switch (kind) {
            case "v" -> "a view";
            case "m" -> "a materialized view";
            case "p" -> "a partitioned table";
            case "f" -> "a foreign table";
            case "i", "I" -> "an index";
            case "S" -> "a sequence";
            default -> "something else (relkind " + kind + ")";
        };
    }
}

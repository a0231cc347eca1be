package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.schema.SchemaCatalog.Column;
import io.psycache.internal.store.schema.SchemaCatalog.Relation;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Comparison of the catalog with the tables that the cache needs. */
final class SchemaCheck {

    /** What can be missing, in the order in which it is created. */
    enum Part {
        ENTRIES,
        ENTRIES_COLUMNS,
        INVALIDATIONS,
        INDEX,
        EPOCH,
        LEASES
    }

    private static final Map<String, String> PYTHON_COLUMNS =
            columns("key", "text", "value", "jsonb", "expires_at", "timestamp with time zone");
    private static final Map<String, String> ADDED_COLUMNS = columns(
            "tags", "text[]", "snapshot", "pg_snapshot", "type", "text", "stale_until", "timestamp with time zone");
    private static final Map<String, String> INVALIDATION_COLUMNS =
            columns("id", "bigint", "tag", "text", "prefix", "text", "xid", "xid8");
    private static final Map<String, String> EPOCH_COLUMNS = columns(
            "one",
            "boolean",
            "epoch",
            "uuid",
            "origin",
            "text",
            "collected",
            "pg_snapshot",
            "sample",
            "pg_snapshot",
            "sampled_at",
            "timestamp with time zone",
            "swept_at",
            "timestamp with time zone");

    private static final Map<String, String> LEASE_COLUMNS =
            columns("key", "text", "owner", "uuid", "until", "timestamp with time zone");

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

    /** @throws SchemaException if one of the names is taken by something else, or the role may not use the tables */
    Set<Part> missing() {
        if (!catalog.schemaExists()) {
            throw problems.schemaMissing();
        }
        requireNoConflict();
        requireUsable();
        Set<Part> missing = EnumSet.noneOf(Part.class);
        if (entries() == null) {
            missing.add(Part.ENTRIES);
        } else if (!addedColumnsMissing().isEmpty()) {
            missing.add(Part.ENTRIES_COLUMNS);
        }
        Relation invalidations = relation(tables.invalidationsName());
        if (invalidations == null) {
            missing.add(Part.INVALIDATIONS);
        }
        if (invalidations == null || !invalidations.hasIndexOn("tag", "xid")) {
            missing.add(Part.INDEX);
        }
        if (relation(tables.epochName()) == null) {
            missing.add(Part.EPOCH);
        }
        if (relation(tables.leasesName()) == null) {
            missing.add(Part.LEASES);
        }
        return missing;
    }

    /** Whether the entries have no snapshots, as in a table that Python psycache created. */
    boolean entriesLackSnapshots() {
        return addedColumnsMissing().contains("snapshot");
    }

    String describe(Part part) {
        return switch (part) {
            case ENTRIES -> "table " + tables.entries();
            case ENTRIES_COLUMNS ->
                "in table " + tables.entries() + " "
                        + (addedColumnsMissing().size() == 1 ? "column " : "columns ")
                        + String.join(", ", addedColumnsMissing());
            case INVALIDATIONS -> "table " + tables.invalidations();
            case INDEX ->
                "index " + CacheTables.quoted(tables.indexName()) + " on " + tables.invalidations() + " (tag, xid)";
            case EPOCH -> "table " + tables.epoch();
            case LEASES -> "table " + tables.leases();
        };
    }

    private void requireNoConflict() {
        requireShape(tables.entriesName(), PYTHON_COLUMNS, ADDED_COLUMNS, "key");
        requireShape(tables.invalidationsName(), INVALIDATION_COLUMNS, Map.of(), null);
        requireShape(tables.epochName(), EPOCH_COLUMNS, Map.of(), "one");
        requireShape(tables.leasesName(), LEASE_COLUMNS, Map.of(), "key");
        Relation epoch = relation(tables.epochName());
        if (epoch != null && !epoch.persistence().equals("u")) {
            throw problems.conflict("table " + tables.epoch()
                    + " is not unlogged, so its row would survive a crash that empties the other tables"
                    + " (alter table " + tables.epoch() + " set unlogged)");
        }
    }

    private void requireShape(
            String name, Map<String, String> required, Map<String, String> optional, @Nullable String uniqueColumn) {
        Relation relation = relation(name);
        if (relation == null) {
            return;
        }
        if (!relation.kind().equals("r")) {
            throw problems.conflict("'" + name + "' is " + kind(relation.kind()) + ", not an ordinary table");
        }
        required.forEach((column, type) -> requireColumn(name, relation, column, type));
        optional.forEach((column, type) -> requireType(name, relation, column, type));
        relation.columns().forEach((column, found) -> {
            if (found.demanded() && !required.containsKey(column) && !optional.containsKey(column)) {
                throw problems.conflict("table '" + name + "' has a column '" + column
                        + "' that is not null and has no default, so no row could be inserted");
            }
        });
        if (uniqueColumn != null && !relation.uniqueIndexes().contains(uniqueColumn)) {
            throw problems.conflict("table '" + name + "' has no primary key on column '" + uniqueColumn + "'");
        }
    }

    private void requireColumn(String name, Relation relation, String column, String type) {
        if (!relation.columns().containsKey(column)) {
            throw problems.conflict("table '" + name + "' has no column '" + column + "' (" + type + ")");
        }
        requireType(name, relation, column, type);
    }

    private void requireType(String name, Relation relation, String column, String type) {
        Column found = relation.columns().get(column);
        if (found != null && !found.type().equals(type)) {
            throw problems.conflict(
                    "column '" + column + "' of table '" + name + "' is " + found.type() + ", not " + type);
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
                : ADDED_COLUMNS.keySet().stream()
                        .filter(column -> !entries.columns().containsKey(column))
                        .toList();
    }

    private @Nullable Relation entries() {
        return relation(tables.entriesName());
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

    private static Map<String, String> columns(String... namesAndTypes) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            columns.put(namesAndTypes[i], namesAndTypes[i + 1]);
        }
        return columns;
    }
}

package io.psycache.internal.store;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of a cache's four tables.
 *
 * @param schema the schema, or empty for the first of the connection's search path
 * @param table the name of the table of entries; the others' names begin with it
 */
public record CacheTables(String schema, String table) {

    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,47}");

    /** @throws IllegalArgumentException if a name is not in the form that psycache accepts */
    public CacheTables {
        if (!"".equals(schema)) {
            requireIdentifier("schema", schema);
        }
        requireIdentifier("table", table);
    }

    /** The table of entries, quoted and qualified, as all names here. */
    public String entries() {
        return qualified(table);
    }

    /** The insert-only log of invalidations. */
    public String invalidations() {
        return qualified(invalidationsName());
    }

    /** The table of the one row that is gone after a crash. */
    public String epoch() {
        return qualified(epochName());
    }

    /** The table of leases: which process loads a key at the moment. */
    public String leases() {
        return qualified(leasesName());
    }

    /** All four, separated by commas. */
    public String all() {
        return String.join(", ", entries(), invalidations(), epoch(), leases());
    }

    public String invalidationsName() {
        return table + "_invalidation";
    }

    public String epochName() {
        return table + "_epoch";
    }

    public String leasesName() {
        return table + "_lease";
    }

    /** Names of the log's indexes; the table's longest name leaves no room for the log's own. */
    public List<String> indexNames() {
        return List.of(table + "_tag_xid", table + "_xid");
    }

    /** {@code name} in the schema of the tables, quoted. */
    public String qualified(String name) {
        return schema.isEmpty() ? quoted(name) : quoted(schema) + "." + quoted(name);
    }

    public static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static void requireIdentifier(String argument, @Nullable String value) {
        if (value == null || !IDENTIFIER.matcher(value).matches()) {
            throw new IllegalArgumentException(argument + " must be an identifier that matches " + IDENTIFIER
                    + " (1 to 48 lower-case letters, digits and underscores, no digit first) but is "
                    + (value == null ? "null" : "'" + value + "'"));
        }
    }
}

package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;

/** The parts of the tables, which are the statements of the script in their order. */
enum Part {
    ENTRIES("table \"psycache\""),

    /**
     * The columns that the three-column table of Python psycache lacks. The default of {@code snapshot} is stable, not volatile: PostgreSQL
     * evaluates it once and keeps it in the catalog. So the rows are not rewritten, and have the snapshot of this statement.
     */
    ENTRIES_COLUMNS("in table \"psycache\""),

    INVALIDATIONS("table \"psycache_invalidation\""),
    INDEX("index \"psycache_tag_xid\" on \"psycache_invalidation\" (tag, xid) where id > 0"),
    XID_INDEX("index \"psycache_xid\" on \"psycache_invalidation\" (xid)"),
    EPOCH("table \"psycache_epoch\""),
    LEASES("table \"psycache_lease\"");

    /** The script for the default names, which is also the migration of Flyway and Liquibase. */
    private static final String SCRIPT = read("/io/psycache/flyway/R__psycache.sql");

    private static final String[] STATEMENTS = SCRIPT.split(";\\R");

    private static final Pattern NAME = Pattern.compile("\"psycache(\\w*)\"");

    /** A line of a statement that defines a column: its name and its type. */
    private static final Pattern COLUMN =
            Pattern.compile("^  (?:add column if not exists )?(\\w+) +([\\w\\[\\]]+)", Pattern.MULTILINE);

    private final String name;

    Part(String name) {
        this.name = name;
    }

    private static String read(String path) {
        try {
            return new ClassPathResource(path, Part.class).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All parts as a script that can run again. */
    static String script(CacheTables tables) {
        return named(SCRIPT, tables);
    }

    String ddl(CacheTables tables) {
        return named(STATEMENTS[ordinal()], tables);
    }

    String describe(CacheTables tables) {
        return named(name, tables);
    }

    /** {@code text} with the names of {@code tables}; an index has no schema. */
    private static String named(String text, CacheTables tables) {
        return NAME.matcher(text).replaceAll(found -> {
            String name = tables.table() + found.group(1);
            return tables.indexNames().contains(name) ? CacheTables.quoted(name) : tables.qualified(name);
        });
    }

    /** The types of the columns that the part defines, by name. */
    Map<String, String> columns() {
        Map<String, String> types = new LinkedHashMap<>();
        COLUMN.matcher(STATEMENTS[ordinal()]).results().forEach(column -> types.put(column.group(1), column.group(2)));
        return types;
    }
}

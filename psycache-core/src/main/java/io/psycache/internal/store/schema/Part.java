package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The parts of the tables, in the order in which they are created. */
enum Part {
    /** Unlogged: they cost no WAL, and a crash empties the table, as it may for a cache. */
    ENTRIES("table %1$s", """
            create unlogged table if not exists %1$s (
              key         text collate "C" primary key,
              value       jsonb       not null,
              expires_at  timestamptz not null,
              tags        text[]      not null default '{}',
              snapshot    pg_snapshot not null default pg_current_snapshot(),
              type        text,
              stale_until timestamptz
            ) with (fillfactor = 70)"""),

    /**
     * What the three-column table of Python psycache lacks. The default of {@code snapshot} is stable, not volatile: PostgreSQL
     * evaluates it once and keeps it in the catalog. So the rows are not rewritten, and have the snapshot of this statement.
     */
    ENTRIES_COLUMNS("in table %1$s", """
            alter table %1$s
              add column if not exists tags        text[]      not null default '{}',
              add column if not exists snapshot    pg_snapshot not null default pg_current_snapshot(),
              add column if not exists type        text,
              add column if not exists stale_until timestamptz,
              set (fillfactor = 70)"""),

    INVALIDATIONS("table %2$s", """
            create unlogged table if not exists %2$s (
              id     bigint generated always as identity,
              tag    text collate "C" not null,
              prefix text collate "C",
              xid    xid8 not null default pg_current_xact_id()
            )"""),

    INDEX("index %3$s on %2$s (tag, xid)", "create index if not exists %3$s on %2$s (tag, xid)"),

    EPOCH("table %4$s", """
            create unlogged table if not exists %4$s (
              one        boolean primary key default true check (one),
              epoch      uuid not null default gen_random_uuid(),
              origin     text not null,
              collected  pg_snapshot,
              sample     pg_snapshot,
              sampled_at timestamptz,
              swept_at   timestamptz
            )"""),

    LEASES("table %5$s", """
            create unlogged table if not exists %5$s (
              key   text collate "C" primary key,
              owner uuid        not null,
              until timestamptz not null
            )""");

    /** A line of the DDL that defines a column: its name and its type. */
    private static final Pattern COLUMN =
            Pattern.compile("^  (?:add column if not exists )?(\\w+) +([\\w\\[\\]]+)", Pattern.MULTILINE);

    private final String name;
    private final String ddl;

    Part(String name, String ddl) {
        this.name = name;
        this.ddl = ddl;
    }

    String describe(CacheTables tables) {
        return filled(name, tables);
    }

    String ddl(CacheTables tables) {
        return filled(ddl, tables);
    }

    /** The types of the columns that the DDL defines, by name. */
    Map<String, String> columns() {
        Map<String, String> types = new LinkedHashMap<>();
        COLUMN.matcher(ddl).results().forEach(column -> types.put(column.group(1), column.group(2)));
        return types;
    }

    private static String filled(String template, CacheTables tables) {
        return template.formatted(
                tables.entries(),
                tables.invalidations(),
                CacheTables.quoted(tables.indexName()),
                tables.epoch(),
                tables.leases());
    }
}

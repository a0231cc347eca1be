package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.schema.SchemaCheck.Part;

/** The SQL that creates the tables and reads the catalog. */
final class SchemaStatements {

    private static final String READ_COMMITTED = "set transaction isolation level read committed";

    /**
     * The queries of {@link SchemaCatalog}, for one round trip: the environment; a row per column of the relations that have one of
     * the names, where every insert must name a {@code demanded} column; the columns of each valid index over all rows. Parameters:
     * schema, then twice schema and the four names.
     */
    static final String CATALOG = READ_COMMITTED + """
            ;
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

    private final CacheTables tables;

    SchemaStatements(CacheTables tables) {
        this.tables = tables;
    }

    String creating(Part missing) {
        return switch (missing) {
            case ENTRIES -> createEntries();
            case ENTRIES_COLUMNS -> upgradeEntries();
            case INVALIDATIONS -> createInvalidations();
            case INDEX -> createIndex();
            case EPOCH -> createEpoch();
            case LEASES -> createLeases();
        };
    }

    private String createEntries() {
        return """
                create unlogged table if not exists %s (
                  key         text collate "C" primary key,
                  value       jsonb       not null,
                  expires_at  timestamptz not null,
                  tags        text[]      not null default '{}',
                  snapshot    pg_snapshot not null default pg_current_snapshot(),
                  type        text,
                  stale_until timestamptz
                ) with (fillfactor = 70)""".formatted(tables.entries());
    }

    /**
     * Adds to the three-column table of Python psycache what it lacks. The default of {@code snapshot} is stable, not volatile:
     * PostgreSQL evaluates it once and keeps it in the catalog. So the rows are not rewritten, and have the snapshot of this
     * statement.
     */
    private String upgradeEntries() {
        return """
                alter table %s
                  add column if not exists tags        text[]      not null default '{}',
                  add column if not exists snapshot    pg_snapshot not null default pg_current_snapshot(),
                  add column if not exists type        text,
                  add column if not exists stale_until timestamptz,
                  set (fillfactor = 70)""".formatted(tables.entries());
    }

    private String createInvalidations() {
        return """
                create unlogged table if not exists %s (
                  id     bigint generated always as identity,
                  tag    text collate "C" not null,
                  prefix text collate "C",
                  xid    xid8 not null default pg_current_xact_id()
                )""".formatted(tables.invalidations());
    }

    private String createIndex() {
        return "create index if not exists %s on %s (tag, xid)"
                .formatted(CacheTables.quoted(tables.indexName()), tables.invalidations());
    }

    private String createEpoch() {
        return """
                create unlogged table if not exists %s (
                  one        boolean primary key default true check (one),
                  epoch      uuid not null default gen_random_uuid(),
                  origin     text not null,
                  collected  pg_snapshot,
                  sample     pg_snapshot,
                  sampled_at timestamptz,
                  swept_at   timestamptz
                )""".formatted(tables.epoch());
    }

    private String createLeases() {
        return """
                create unlogged table if not exists %s (
                  key   text collate "C" primary key,
                  owner uuid        not null,
                  until timestamptz not null
                )""".formatted(tables.leases());
    }

    String drop() {
        return "drop table if exists %s, %s, %s, %s"
                .formatted(tables.entries(), tables.invalidations(), tables.epoch(), tables.leases());
    }

    /** @param schema the schema of the tables, quoted; the role's search path may lead to another one */
    String grantUsage(String schema, String role) {
        return "grant usage on schema " + schema + " to " + role;
    }

    String grantTables(String role) {
        return "grant select, insert, update, delete on %s, %s, %s, %s to %s"
                .formatted(tables.entries(), tables.invalidations(), tables.epoch(), tables.leases(), role);
    }

    /** The grants as a script. */
    String grantScript(String role) {
        String usage = tables.schema().isEmpty()
                ? "-- It needs usage on their schema too; on the schema public everybody has it."
                : grantUsage(CacheTables.quoted(tables.schema()), role) + ";";
        return """
                -- What the role of an application needs to use the tables; it can't make, change, empty or drop them.
                %s
                %s;
                """.formatted(usage, grantTables(role));
    }

    /** The tables as a script. */
    String script() {
        return """
                -- The tables of psycache, for PostgreSQL 14 or newer. The script can run again: it creates what is missing.
                -- The application's role needs select, insert, update and delete on the four tables.

                -- The entries. UNLOGGED: they cost no WAL, and a crash empties the table, as it may for a cache.
                %s;

                -- What the table lacks if Python psycache has created it. The rows stay.
                %s;

                -- The log of invalidations. Writers only insert, so they never wait for each other.
                %s;
                %s;

                -- The epoch: one row. The first application that starts inserts it, and empties the cache. After a crash it
                -- is gone, which shows that the transaction ids from before the crash are no longer valid.
                %s;

                -- Leases: the node that has the lease of a key loads it, and other nodes wait.
                %s;
                """.formatted(
                createEntries(), upgradeEntries(), createInvalidations(), createIndex(), createEpoch(), createLeases());
    }
}

package io.psycache.internal.store;

/** The SQL that invalidates entries: it inserts rows of the log, and outside transactions deletes the entries' own rows. */
final class LogStatements {
    private final CacheTables tables;
    private final Validation validation;
    private final String remove;

    LogStatements(CacheTables tables) {
        this.tables = tables;
        this.validation = new Validation(tables);
        this.remove = removeText();
    }

    /** Logs the keys, deletes their rows, and returns the keys that were valid. Parameters: tags of the keys, keys. */
    String remove() {
        return remove;
    }

    private String removeText() {
        return """
                with logged as (insert into %1$s (tag) select unnest((select ?::text[]))),
                     present as (select e.key, %3$s as valid
                                   from %2$s e where e.key = any ((select ?::text[])::text[])
                                  order by e.key collate "C" for update),
                     gone as (delete from %2$s e using present where e.key = present.key
                              returning e.key, present.valid)
                select key from gone where valid""".formatted(tables.invalidations(), tables.entries(), validation.valid());
    }

    /** Logs a key, deletes its row, and returns xid and id of the log's row. Parameters: key, tag of the key. */
    String removeForPut() {
        return """
                with gone as (delete from %s e where e.key = ?)
                insert into %s (tag) values (?) returning xid, id""".formatted(tables.entries(), tables.invalidations());
    }

    /** Logs tags. */
    String invalidate() {
        return "insert into %s (tag) select unnest(?::text[])".formatted(tables.invalidations());
    }

    /** Logs tags. Returns for each the token of a put in the same transaction: tag, epoch, snapshot, own xid, id of the row. */
    String invalidateForPut(Joining joining) {
        return """
                insert into %s (tag) select unnest(?::text[])
                returning tag, (select p.epoch from %s p where %s), pg_current_snapshot(), xid, id""".formatted(tables.invalidations(), tables.epoch(), joining.condition());
    }

    /** Logs prefixes. */
    String invalidatePrefixes() {
        return "insert into %s (tag, prefix) select '%s', unnest(?::text[])"
                .formatted(tables.invalidations(), Tags.PREFIX);
    }

    /** Whether any valid entry has the tag. */
    String anyValid(Joining joining) {
        return "select exists (select from %s e where %s and ? = any (e.tags) and %s)"
                .formatted(tables.entries(), joining.condition(), validation.valid());
    }

    /**
     * Deletes the next rows in the order of their keys, and returns how many there were and the last key. It skips rows that others
     * have locked: the log has invalidated them already. The collation is named because the table of Python psycache has the one of its
     * database. Parameters: first key, end of the keys, number of rows.
     */
    String deletePrefix() {
        return """
                with batch as (select e.key from %1$s e
                                where e.key collate "C" >= ? and e.key collate "C" < ?
                                order by e.key collate "C" limit ? for update skip locked),
                     gone as (delete from %1$s e using batch where e.key = batch.key)
                select count(*), max(key collate "C") from batch""".formatted(tables.entries());
    }
}

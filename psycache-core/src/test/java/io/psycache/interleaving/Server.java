package io.psycache.interleaving;

import io.psycache.PsycacheSchema;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The server as the director of a play sees it: who waits for whom, and locks that hold sessions where he wants them. */
final class Server implements AutoCloseable {

    /** Inserts of entries wait where their session is held; by then they have checked all that they check. */
    private static final String SCHEMA = """
            create unlogged table data (k text primary key, v int not null);
            create unlogged table touched (v int not null);
            create unlogged table plain (k text primary key, v int not null);
            create function wait_while_held() returns trigger language plpgsql as $$
            begin
              perform pg_advisory_xact_lock_shared(tg_relid::int, current_setting('interleaving.session')::int);
              return new;
            end $$;
            create trigger held before insert on psycache for each row execute function wait_while_held()""";

    private final TestDatabase database;
    private final Connection connection;
    private final JdbcTemplate jdbc;
    private final Set<Integer> held = new HashSet<>();

    Server(TestDatabase database) throws SQLException {
        this.database = database;
        PsycacheSchema.create(database.dataSource());
        database.execute(SCHEMA);
        connection = database.unpooled().getConnection();
        jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    PGSimpleDataSource dataSource() {
        return database.unpooled();
    }

    void begin(Trial trial) {
        jdbc.update("insert into data values (?, 0)", trial.key());
    }

    /** Those of the backends that wait for another one. */
    Set<Integer> waiting(int[] backends) {
        return new HashSet<>(jdbc.queryForList(
                "select pid from unnest(?::int[]) pid where cardinality(pg_blocking_pids(pid)) > 0",
                Integer.class,
                (Object) Arrays.stream(backends).boxed().toArray(Integer[]::new)));
    }

    void hold(int session) {
        if (held.add(session)) {
            jdbc.queryForList("select pg_advisory_lock('psycache'::regclass::oid::int, ?)::text", session);
        }
    }

    void release(int session) {
        if (held.remove(session)) {
            jdbc.queryForList("select pg_advisory_unlock('psycache'::regclass::oid::int, ?)", session);
        }
    }

    void releaseAll() {
        Set.copyOf(held).forEach(this::release);
    }

    void emptyUnloggedTables() {
        database.execute("delete from psycache; delete from psycache_invalidation; delete from psycache_epoch;"
                + "delete from psycache_lease");
    }

    /** Tables that grow make later trials slower. */
    void empty() {
        database.execute("truncate data, touched, plain, psycache, psycache_invalidation, psycache_lease");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        database.close();
    }
}

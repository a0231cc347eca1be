package io.psycache.documentation;

import io.psycache.PsycacheSchema;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** SQL: runs in a transaction that is rolled back, with the tables of a cache in the search path and in a schema "cache". */
final class SqlBlocks {
    private static final String ROLE = """
            do $$ begin
              if not exists (select from pg_roles where rolname = 'shop_app') then create role shop_app; end if;
            end $$""";

    private SqlBlocks() {}

    static void check(Block block) throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(ROLE);
            statement.execute("create schema if not exists \"cache\"");
            statement.execute(PsycacheSchema.ddl("cache", "psycache"));
            statement.execute(PsycacheSchema.ddl("", "psycache"));
            statement.execute(block.text());
            connection.rollback();
        }
    }
}

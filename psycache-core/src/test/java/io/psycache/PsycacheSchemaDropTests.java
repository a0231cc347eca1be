package io.psycache;

import static io.psycache.PsycacheSchemaTests.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.PsycacheSchemaException.Reason;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;

class PsycacheSchemaDropTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    void dropLeavesNothingAndSaysWhetherThereWasSomething() {
        PsycacheSchema.create(database.dataSource());
        assertThat(drop()).isTrue();
        assertThat(database.queryForLong(
                        "select count(*) from pg_class where relnamespace = current_schema()::regnamespace"))
                .isZero();
        assertThat(drop()).isFalse();
    }

    @Test
    void dropTakesWhatIsLeftOfAHalfMadeSchema() {
        PsycacheSchema.create(database.dataSource());
        database.execute("drop table psycache_epoch; alter table psycache drop column tags");
        assertThat(drop()).isTrue();
        assertThat(drop()).isFalse();
    }

    @Test
    void dropLeavesATableOfSomethingElseAlone() {
        PsycacheSchema.create(database.dataSource());
        database.execute("drop table psycache; create table psycache (id int)");
        assertFails(Reason.CONFLICT, this::drop).withMessageContaining("no column 'key'");
        assertThat(database.queryForLong("select count(*) from psycache_epoch")).isOne();
    }

    @Test
    void dropSaysThatTheTablesAreInUse() throws SQLException {
        PsycacheSchema.create(database.dataSource());
        try (Connection reader = database.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select from psycache");
            assertFails(Reason.LOCKED, this::drop).withMessageContainingAll("in use", "pg_stat_activity");
            reader.rollback();
        }
        assertThat(drop()).isTrue();
    }

    @Test
    void aRoleThatDoesNotOwnTheTablesCanNotDropThem() {
        PsycacheSchema.create(database.dataSource());
        String role = database.schema() + "_app";
        database.execute("create role " + role);
        PsycacheSchema.grant(database.dataSource(), "", "psycache", role);
        PGSimpleDataSource asRole = database.unpooled();
        asRole.setOptions("-c role=" + role);
        try {
            assertThatExceptionOfType(DataAccessException.class)
                    .isThrownBy(() -> PsycacheSchema.drop(asRole, "", "psycache"))
                    .havingRootCause()
                    .withMessageContaining("must be owner of table psycache");
        } finally {
            database.execute("drop owned by " + role + "; drop role " + role);
        }
    }

    private boolean drop() {
        return PsycacheSchema.drop(database.dataSource(), "", "psycache");
    }
}

package io.psycache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.PsycacheSchemaException;
import io.psycache.cli.Tool.Result;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a role with the grants of {@code init-db --grant-to} can do, and what it can't. */
class LeastPrivilegeTests {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final String role = database.schema() + "_App"; // to be quoted
    private final PGSimpleDataSource asRole = database.unpooled();

    @BeforeEach
    void grant() {
        database.execute("create role \"" + role + "\"; create table orders (id int)");
        assertThat(new Tool(database).run("init-db", "--grant-to", role, "postgresql://"))
                .isEqualTo(new Result(0, "", ""));
        asRole.setOptions("-c role=" + role);
    }

    @AfterEach
    void close() {
        database.execute("drop owned by \"" + role + "\"; drop role \"" + role + "\"");
    }

    @Test
    void theWholeCacheWorks() {
        database.execute("delete from psycache_epoch"); // so that the role must begin one
        PsycacheSchema.create(asRole, "", "psycache");
        PsycacheSchema.validate(asRole, "", "psycache");
        try (PostgresCache cache =
                PostgresCache.builder(asRole).timeout(Duration.ofSeconds(10)).build()) {
            cache.withTags("t").put("a", 1);
            cache.putAll(Map.of("b", 2, "c", 3), null);
            assertThat(cache.getAll(List.of("a", "b", "c"), Integer.class)).containsValues(1, 2, 3);
            assertThat(cache.putIfAbsent("d", 4, null)).isTrue();
            assertThat(cache.increment("n")).isOne();
            cache.invalidateTags("t");
            assertThat(cache.remove("a")).isFalse();
            assertThat(cache.removeByPrefix("b")).isOne();
            new TransactionTemplate(new DataSourceTransactionManager(asRole))
                    .executeWithoutResult(
                            status -> assertThat(cache.remove("c")).isTrue());
            assertThat(cache.exists("c")).isFalse();
            assertThat(cache.flush()).isPositive();
            cache.cleanupExpired();
            assertThat(cache.inspection().contents().caches()).isEmpty();
            assertThat(cache.inspection().lastCleanup()).isPresent();
        }
    }

    @Test
    void theLogIsCollected() {
        try (PostgresCache cache = PostgresCache.builder(asRole)
                .timeout(Duration.ofMillis(500))
                .logRetention(Duration.ofSeconds(1))
                .build()) {
            cache.invalidateTags("t");
            cache.cleanupExpired(); // takes the sample
            database.execute("update psycache_epoch set sampled_at = sampled_at - interval '1 hour'");
            cache.cleanupExpired();
        }
        assertThat(database.queryForLong("select count(*) from psycache_invalidation"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table psycache",
                "alter table psycache add column more text",
                "create index on psycache (expires_at)",
                "truncate psycache",
                "create table more (id int)",
                "create trigger t before insert on psycache execute function suppress_redundant_updates_trigger()",
                "alter table psycache_epoch owner to current_user",
                "select setval('psycache_invalidation_id_seq', 1)",
                "select from orders"
            })
    void whatIsNotTheUseOfTheTablesIsRefused(String sql) throws SQLException {
        try (Connection connection = asRole.getConnection()) {
            assertThatThrownBy(() -> connection.createStatement().execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
        }
    }

    @Test
    void whatIsMissingLaterItCanNotMake() {
        database.execute("drop table psycache_epoch");
        assertThatThrownBy(() -> PsycacheSchema.create(asRole, "", "psycache"))
                .isInstanceOfSatisfying(
                        PsycacheSchemaException.class,
                        e -> assertThat(e.getReason()).isEqualTo(PsycacheSchemaException.Reason.NOT_PERMITTED));
    }
}

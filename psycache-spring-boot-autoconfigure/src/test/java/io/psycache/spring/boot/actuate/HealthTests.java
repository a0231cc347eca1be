package io.psycache.spring.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.boot.ActuatorApplication;
import io.psycache.testsupport.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;

/** What {@code /actuator/health/psycache} answers. */
class HealthTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private ActuatorApplication application;

    private void start(String... properties) {
        application = database.closing(ActuatorApplication.start(database, properties));
    }

    private String reason() {
        HttpResponse<String> answer = application.send("GET", "health/psycache");
        JsonNode health = ActuatorApplication.json(answer);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(health.path("status").asText()).isEqualTo("DOWN");
        return health.path("details").path("reason").asText();
    }

    private void isUp() {
        HttpResponse<String> answer = application.send("GET", "health/psycache");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode health = ActuatorApplication.json(answer);
        assertThat(health.path("status").asText()).isEqualTo("UP");
        assertThat(health.path("details").path("table").asText()).isEqualTo("psycache");
        assertThat(health.path("details").path("breaker").asText()).isEqualTo("closed");
    }

    @Test
    void upIsDownWithAReasonWhileATableIsGoneAndUpAgain() {
        start();
        isUp();
        database.execute("drop table psycache_epoch");
        assertThat(reason()).startsWith("Missing in schema").contains("table \"psycache_epoch\"", "initialize-schema");
        PsycacheSchema.create(database.dataSource());
        isUp();
        database.execute("drop table psycache");
        assertThat(reason()).contains("table \"psycache\"");
        PsycacheSchema.create(database.dataSource());
        isUp();
        database.execute("alter table psycache drop column value");
        assertThat(reason()).contains("table 'psycache' has no column 'value' (jsonb)");
    }

    @Test
    void isDownWithoutAConnectionAndUpAgainWithinTheTimeout() throws SQLException {
        start("psycache.timeout=400ms", "spring.datasource.hikari.connection-timeout=120000");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::isUp);
        DataSource pool = application.context().getBean(HikariDataSource.class);
        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(pool.getConnection());
        }
        long begin = System.nanoTime();
        assertThat(reason()).contains("within psycache.timeout (400 ms)");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        for (Connection connection : taken) {
            connection.close();
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::isUp);
    }

    @Test
    void isDownWhileATableIsLocked() throws SQLException {
        start("psycache.timeout=400ms");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::isUp);
        try (Connection locker = database.dataSource().getConnection();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("lock table psycache in access exclusive mode");
            assertThat(reason()).contains("within psycache.timeout (400 ms)");
            locker.rollback();
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::isUp);
    }

    @Test
    void saysThatTheBreakerIsOpen() throws SQLException {
        start("psycache.timeout=100ms");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::isUp);
        PostgresCache cache = application.context().getBean(PostgresCache.class);
        try (Connection locker = database.dataSource().getConnection();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("lock table psycache in access exclusive mode");
            await().ignoreExceptionsInstanceOf(DataAccessException.class).until(() -> {
                boolean isOpen = cache.inspection().breaker().isOpen();
                return isOpen || cache.get("absent", String.class).isPresent();
            });
            assertThat(reason()).contains("circuit breaker of the cache is open", "within psycache.timeout (100 ms)");
            JsonNode breaker = application.json("psycache").path("breaker");
            assertThat(breaker.path("state").asText()).isEqualTo("open");
            assertThat(breaker.path("reason").asText()).contains("within psycache.timeout (100 ms)");
            assertThat(Instant.parse(breaker.path("since").asText())).isBeforeOrEqualTo(Instant.now());
            assertThat(application.get("prometheus")).contains("psycache_breaker 1.0");
            locker.rollback();
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::isUp);
        assertThat(application.get("prometheus")).contains("psycache_breaker 0.0");
        assertThat(application.json("psycache").path("breaker").has("reason")).isFalse();
    }

    @Test
    void isDownWhereThePoolIsClosed() {
        start();
        application.context().getBean(HikariDataSource.class).close();
        assertThat(reason()).contains("closed");
    }

    @Test
    void thereIsNoneWhereItIsTurnedOff() {
        start("management.health.psycache.enabled=false");
        assertThat(application.send("GET", "health/psycache").statusCode()).isEqualTo(404);
        application.close();
        start("management.health.defaults.enabled=false");
        assertThat(application.send("GET", "health/psycache").statusCode()).isEqualTo(404);
        application.close();
        start("psycache.enabled=false");
        assertThat(application.send("GET", "health/psycache").statusCode()).isEqualTo(404);
    }
}

package io.psycache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What the URL and the environment together mean. */
class DatabaseTests {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("PGHOST", "env", "PGPORT", "6000", "PGUSER", "ann", "PGDATABASE", "shop", "PGPASSWORD", "p w");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgresql://bob@db:5433/app                     | bob  | db:5433/app
            postgres://bob@db/app                            | bob  | db:6000/app
            jdbc:postgresql://db:5433/app?user=bob           | bob  | db:5433/app
            jdbc:postgresql://db/                            | ann  | db:6000/shop
            jdbc:postgresql:app                              | ann  | env:6000/app
            jdbc:postgresql:///app                           | ann  | env:6000/app
            postgresql:///app                                | ann  | env:6000/app
            postgresql://                                    | ann  | env:6000/shop
            postgresql://db?user=bob                         | bob  | db:6000/shop
            postgresql:///?host=db&port=7&dbname=app         | ann  | db:7/app
            postgresql://a,b:5433/app                        | ann  | a:6000,b:5433/app
            postgresql://[::1]/app                           | ann  | [::1]:6000/app
            postgresql://[::1]:5433/app                      | ann  | [::1]:5433/app
            postgresql://b%40c@db/a%20b                      | b@c  | db:6000/a b
            postgresql://b+c@db/a+b                          | b+c  | db:6000/a+b
            """)
    void whatTheUrlDoesNotSayTheEnvironmentSays(String url, String user, String name) {
        Database database = database(url, ENVIRONMENT);
        assertThat(database.name()).isEqualTo(name);
        assertThat(properties(database)).containsEntry("user", user).containsEntry("password", "p w");
    }

    @Test
    void withoutUrlAndEnvironmentItIsTheServerHere() {
        Database database = Database.of(DatabaseUrl.NOTHING, name -> null, Duration.ofSeconds(3));
        String user = System.getProperty("user.name");
        assertThat(database.name()).isEqualTo("localhost:5432/" + user);
        assertThat(properties(database))
                .containsEntry("user", user)
                .containsEntry("loginTimeout", "3")
                .doesNotContainKey("password");
    }

    @Test
    void anEmptyVariableIsNone() {
        assertThat(database("postgresql:///app", Map.of("PGHOST", "", "PGPASSWORD", ""))
                        .name())
                .isEqualTo("localhost:5432/app");
    }

    @Test
    void theAddressOfTheDriverIsEncoded() {
        DriverManagerDataSource dataSource = (DriverManagerDataSource)
                database("postgresql://db/a%3Fb%26c", Map.of()).dataSource();
        assertThat(dataSource.getUrl()).isEqualTo("jdbc:postgresql://db:5432/a%3Fb%26c");
    }

    @Test
    void parametersOfTheUrlAreThoseOfTheDriverAndStrongerThanTheEnvironment() {
        Database database = database(
                "postgresql://db/app?sslmode=verify-full&application_name=ops&connect_timeout=2&prepareThreshold=5&",
                Map.of("PGSSLMODE", "disable", "PGOPTIONS", "-c role=app"));
        assertThat(properties(database))
                .containsEntry("sslmode", "verify-full")
                .containsEntry("ApplicationName", "ops")
                .containsEntry("connectTimeout", "2")
                .containsEntry("prepareThreshold", "5")
                .containsEntry("options", "-c role=app");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ann:secret@db/app",
                "postgresql://ann:secret@db:5432/app?sslmode=require",
                "jdbc:postgresql://db/app?user=ann&password=secret",
                "postgresql://db/app?sslpassword=secret",
                "postgresql://db/app?pass%77ord=secret"
            })
    void aPasswordInTheUrlIsRefusedAndNotRepeated(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse(url))
                .withMessageContainingAll("list of processes", "PGPASSWORD", "~/.pgpass")
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mysql://db/app                              | URL must be of the form
            db                                          | URL must be of the form
            postgresql://db/app/more                    | URL must be of the form
            postgresql://db:x/app                       | 'db:x' is not a host and a port
            postgresql://db:0/app                       | 'db:0' is not a host and a port
            postgresql://db:65536/app                   | 'db:65536' is not a host and a port
            postgresql://a%2Fb/app                      | 'a/b:5432' is not a host and a port
            postgresql://db:/app                        | 'db:' is not a host and a port
            postgresql://%2Ftmp/app                     | Unix socket in /tmp
            postgresql:///app?host=/var/run/postgresql  | Unix socket in /var/run/postgresql
            postgresql://db/%zz                         | two hexadecimal digits
            postgresql://db?target_session_attrs=any    | 'target_session_attrs'
            """)
    void whatCanNotBeReachedIsSaid(String url, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> database(url, Map.of()))
                .withMessageContaining(message);
    }

    private static Database database(String url, Map<String, String> environment) {
        return Database.of(DatabaseUrl.parse(url), environment::get, Duration.ofSeconds(10));
    }

    private static Properties properties(Database database) {
        return ((DriverManagerDataSource) database.dataSource()).getConnectionProperties();
    }
}

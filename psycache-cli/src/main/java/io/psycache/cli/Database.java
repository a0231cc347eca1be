package io.psycache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A database to connect to. Parts that the URL lacks are taken from the environment variables that psql reads. The driver itself
 * reads the file of passwords.
 *
 * @param name host, port and database, for messages
 */
record Database(String name, DataSource dataSource) {

    private static final Pattern ADDRESS = Pattern.compile("[^:/?&\\s][^/?&\\s]*:[0-9]{1,5}");

    /** Variables of the environment for what is a property of the driver. */
    private static final Map<String, String> VARIABLES = Map.of(
            "PGPASSWORD", "password",
            "PGSSLMODE", "sslmode",
            "PGSSLROOTCERT", "sslrootcert",
            "PGSSLCERT", "sslcert",
            "PGSSLKEY", "sslkey",
            "PGOPTIONS", "options");

    /** Parameters that psql and the driver call by different names; the driver has no others with an underscore. */
    private static final Map<String, String> PARAMETERS = Map.of(
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "channel_binding", "channelBinding");

    /** @throws IllegalArgumentException if URL or environment name no database that can be reached from here */
    static Database of(DatabaseUrl url, Function<String, @Nullable String> environment, Duration timeout) {
        String user = first(url.user(), environment.apply("PGUSER"), System.getProperty("user.name"));
        String port = first(url.port(), environment.apply("PGPORT"), "5432");
        String hosts = Stream.of(first(url.hosts(), environment.apply("PGHOST"), "localhost")
                        .split(","))
                .map(host -> withPort(host, port))
                .collect(Collectors.joining(","));
        String database = first(url.database(), environment.apply("PGDATABASE"), user);
        Properties properties = properties(user, timeout);
        VARIABLES.forEach((variable, property) -> set(properties, property, environment.apply(variable)));
        url.parameters().forEach((parameter, value) -> set(properties, property(parameter), value));
        return new Database(
                hosts + "/" + database,
                new DriverManagerDataSource(
                        "jdbc:postgresql://" + hosts + "/" + URLEncoder.encode(database, UTF_8), properties));
    }

    private static String first(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        throw new NoSuchElementException("none of them has a value");
    }

    private static String withPort(String host, String port) {
        if (host.startsWith("/") || host.startsWith("@")) {
            throw new IllegalArgumentException(
                    "Java can't connect to the Unix socket in " + host + "; name a host, in the URL or in PGHOST");
        }
        boolean isPlainIpv6 = host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("[");
        String name = isPlainIpv6 ? "[" + host + "]" : host;
        String address = name.matches(".*:[^:\\]]*") ? name : name + ":" + port;
        if (!ADDRESS.matcher(address).matches() || portOf(address) < 1 || portOf(address) > 65_535) {
            throw new IllegalArgumentException("'" + address + "' is not a host and a port, as localhost:5432");
        }
        return address;
    }

    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static Properties properties(String user, Duration timeout) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("ApplicationName", "psycache");
        properties.setProperty("loginTimeout", Long.toString(Math.max(1, timeout.toSeconds())));
        properties.setProperty("prepareThreshold", "0"); // a statement runs once, and PgBouncer may be between
        return properties;
    }

    private static void set(Properties properties, String property, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            properties.setProperty(property, value);
        }
    }

    private static String property(String parameter) {
        String property = PARAMETERS.getOrDefault(parameter, parameter);
        if (property.contains("_")) {
            throw new IllegalArgumentException(
                    "URL has the parameter '" + parameter + "', which the driver does not have");
        }
        return property;
    }
}

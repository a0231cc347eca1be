package io.psycache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a URL of PostgreSQL in the form of JDBC, {@code jdbc:postgresql://host:port/database?user=name}, or of psql,
 * {@code postgresql://name@host:port/database}. Parts that it does not have are null.
 *
 * @param hosts one host with or without port, or several with commas between
 * @param port of the hosts that name none
 * @param parameters the others, decoded, in their order
 */
record DatabaseUrl(
        @Nullable String user,
        @Nullable String hosts,
        @Nullable String port,
        @Nullable String database,
        Map<String, String> parameters) {

    private static final Pattern FORM = Pattern.compile("(?:jdbc:)?postgres(?:ql)?:"
            + "(?://(?:(?<user>[^@/?]*)@)?(?<hosts>[^@/?]*))?/?(?<database>[^/?]*)(?:\\?(?<parameters>.*))?");

    static final DatabaseUrl NOTHING = new DatabaseUrl(null, null, null, null, Map.of());

    static boolean isUrl(String text) {
        return text.matches("(?s)(jdbc:)?postgres(ql)?:.*");
    }

    /** @throws IllegalArgumentException if it is no such URL, or has a password; the message does not repeat it */
    static DatabaseUrl parse(String text) {
        Matcher url = FORM.matcher(text);
        if (!url.matches()) {
            throw new IllegalArgumentException("URL must be of the form postgresql://user@host:port/database or"
                    + " jdbc:postgresql://host:port/database?user=name");
        }
        Map<String, String> parameters = parameters(url.group("parameters"));
        String user = part(url.group("user"));
        if (user != null && user.contains(":") || parameters.keySet().stream().anyMatch(DatabaseUrl::isSecret)) {
            throw new IllegalArgumentException(
                    "URL has a password, which everybody on this machine can read in the list of"
                            + " processes; leave it out, and set PGPASSWORD or write it to ~/.pgpass");
        }
        return new DatabaseUrl(
                given(user, parameters.remove("user")),
                given(part(url.group("hosts")), parameters.remove("host")),
                parameters.remove("port"),
                given(part(url.group("database")), parameters.remove("dbname")),
                parameters);
    }

    private static @Nullable String given(@Nullable String first, @Nullable String second) {
        return first != null ? first : second;
    }

    private static boolean isSecret(String parameter) {
        return parameter.equals("password") || parameter.equals("sslpassword");
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            for (String parameter : query.split("&")) {
                int equals = (parameter + "=").indexOf('=');
                parameters.put(
                        decoded(parameter.substring(0, equals)),
                        decoded(parameter.substring(Math.min(equals + 1, parameter.length()))));
            }
        }
        parameters.remove("");
        return parameters;
    }

    private static @Nullable String part(@Nullable String text) {
        return text == null || text.isEmpty() ? null : decoded(text);
    }

    /** A plus sign is itself: a URL is no form of a web page. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("URL has a % that is not followed by two hexadecimal digits", e);
        }
    }
}

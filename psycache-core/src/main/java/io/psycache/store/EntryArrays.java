package io.psycache.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Batches as the arrays that the statements unnest. */
final class EntryArrays {

    private EntryArrays() {}

    static void bind(PreparedStatement statement, int parameter, Collection<String> texts) throws SQLException {
        statement.setArray(parameter, statement.getConnection().createArrayOf("text", texts.toArray()));
    }

    /** The nine arrays of {@link EntryStatements#current()}. */
    static void bind(PreparedStatement statement, List<PutRequest> requests) throws SQLException {
        Connection connection = statement.getConnection();
        int parameter = 0;
        for (Column column : Column.values()) {
            Object[] values = requests.stream().map(column.value).toArray();
            statement.setArray(++parameter, connection.createArrayOf(column.type, values));
        }
    }

    static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** Microseconds, at least one; null = never expires. */
    static @Nullable Long micros(@Nullable Duration ttl) {
        return ttl == null
                ? null
                : Math.addExact(Math.multiplyExact(ttl.getSeconds(), 1_000_000L), (ttl.getNano() + 999) / 1_000);
    }

    /** The text of a {@code text[]}, for arrays within an array of texts. */
    static String literal(List<String> texts) {
        return texts.stream()
                .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static <T> @Nullable T token(PutRequest request, Function<LoadToken, @Nullable T> part) {
        return request.token() == null ? null : part.apply(request.token());
    }

    private static <T> @Nullable T own(PutRequest request, Function<LoadToken.OwnWrites, T> part) {
        return token(request, token -> token.own() == null ? null : part.apply(token.own()));
    }

    private enum Column {
        KEY("text", PutRequest::key),
        VALUE("text", request -> text(request.json())),
        TTL("bigint", request -> micros(request.ttl())),
        TAGS("text", request -> literal(request.tags())),
        TYPE("text", PutRequest::type),
        SNAPSHOT("text", request -> token(request, LoadToken::snapshot)),
        EPOCH("text", request -> token(request, LoadToken::epoch)),
        OWN_XID("text", request -> own(request, LoadToken.OwnWrites::xid)),
        OWN_ID("bigint", request -> own(request, LoadToken.OwnWrites::lastLogId));

        private final String type;
        private final Function<PutRequest, @Nullable Object> value;

        Column(String type, Function<PutRequest, @Nullable Object> value) {
            this.type = type;
            this.value = value;
        }
    }
}

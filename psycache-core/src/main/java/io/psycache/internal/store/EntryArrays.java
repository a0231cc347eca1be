package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Batches as the arrays that the statements unnest, and the parameters of one request. The driver sends arrays of the exact class in binary, without escapes. */
public final class EntryArrays {

    private EntryArrays() {}

    public static void bind(PreparedStatement statement, int parameter, Collection<String> texts) throws SQLException {
        statement.setArray(parameter, statement.getConnection().createArrayOf("text", texts.toArray(new String[0])));
    }

    /** The ten arrays of {@link EntryStatements#current()}. */
    public static void bind(PreparedStatement statement, List<PutRequest> requests) throws SQLException {
        bind(statement, requests, EnumSet.allOf(Column.class));
    }

    /** The arrays of {@link EntryStatements#putNow()}. */
    public static void bindNow(PreparedStatement statement, List<PutRequest> requests) throws SQLException {
        bind(statement, requests, Column.OF_NOW);
    }

    private static void bind(PreparedStatement statement, List<PutRequest> requests, Set<Column> columns)
            throws SQLException {
        Connection connection = statement.getConnection();
        int parameter = 0;
        for (Column column : columns) {
            statement.setArray(++parameter, connection.createArrayOf(column.type, column.values(requests)));
        }
    }

    /** The parameters of {@link EntryStatements#putNowOne()}. */
    public static void bindNow(PreparedStatement statement, PutRequest request) throws SQLException {
        int parameter = 0;
        for (Column column : Column.OF_NOW) {
            statement.setObject(++parameter, column.value.apply(request), column.sqlType);
        }
    }

    /** The values alone. */
    public static void bindJson(PreparedStatement statement, List<PutRequest> requests) throws SQLException {
        statement.setArray(1, statement.getConnection().createArrayOf("bytea", Column.VALUE.values(requests)));
    }

    /** Microseconds, at least one; null = never expires. */
    public static @Nullable Long micros(@Nullable Duration ttl) {
        return ttl == null
                ? null
                : Math.addExact(Math.multiplyExact(ttl.getSeconds(), 1_000_000L), (ttl.getNano() + 999) / 1_000);
    }

    /** The text of a {@code text[]}, for arrays within an array of texts. */
    public static String literal(List<String> texts) {
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
        KEY("text", Types.VARCHAR, String[]::new, PutRequest::key),
        VALUE("bytea", Types.BINARY, byte[][]::new, PutRequest::json),
        TTL("bigint", Types.BIGINT, Long[]::new, request -> micros(request.ttl())),
        TAGS("text", Types.VARCHAR, String[]::new, request -> literal(request.tags())),
        TYPE("text", Types.VARCHAR, String[]::new, PutRequest::type),
        WINDOW(
                "bigint",
                Types.BIGINT,
                Long[]::new,
                request -> request.window().isZero() ? null : micros(request.window())),
        SNAPSHOT("text", Types.VARCHAR, String[]::new, request -> token(request, LoadToken::snapshot)),
        EPOCH("text", Types.VARCHAR, String[]::new, request -> token(request, LoadToken::epoch)),
        OWN_XID("text", Types.VARCHAR, String[]::new, request -> own(request, LoadToken.OwnWrites::xid)),
        OWN_ID("bigint", Types.BIGINT, Long[]::new, request -> own(request, LoadToken.OwnWrites::lastLogId));

        private static final Set<Column> OF_NOW = EnumSet.range(KEY, WINDOW);

        private final String type;
        private final int sqlType;
        private final IntFunction<@Nullable Object[]> array;
        private final Function<PutRequest, @Nullable Object> value;

        Column(
                String type,
                int sqlType,
                IntFunction<@Nullable Object[]> array,
                Function<PutRequest, @Nullable Object> value) {
            this.type = type;
            this.sqlType = sqlType;
            this.array = array;
            this.value = value;
        }

        @Nullable Object[] values(List<PutRequest> requests) {
            @Nullable Object[] values = array.apply(requests.size());
            for (int i = 0; i < values.length; i++) {
                values[i] = value.apply(requests.get(i));
            }
            return values;
        }
    }
}

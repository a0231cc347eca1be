package io.psycache.internal.store;

import io.psycache.internal.store.Put.OwnInvalidation;
import io.psycache.internal.store.session.ConnectionTemplate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.jdbc.support.SqlValue;

/** Batches as the arrays that the statements unnest, and the parameters of one request. The driver sends arrays of the exact class in binary, without escapes. */
public final class EntryArrays {

    private EntryArrays() {}

    /** A parameter of {@link ConnectionTemplate#template}. */
    static SqlValue texts(Collection<String> texts) {
        return new SqlArrayValue("text", (Object[]) texts.toArray(new String[0]));
    }

    static void bind(PreparedStatement statement, int parameter, Collection<String> texts) throws SQLException {
        texts(texts).setValue(statement, parameter);
    }

    /**
     * The parameters of puts of one kind: those of {@link EntryStatements#putNowOne} for one of now, its first six arrays for several
     * of now, and the ten arrays of {@link EntryStatements#current} for others. Of loads under leases the two arrays of {@link
     * LeaseStore#release} follow.
     */
    static void bind(PreparedStatement statement, List<? extends Put> puts) throws SQLException {
        boolean isNow = puts.get(0) instanceof Put.Now;
        if (isNow && puts.size() == 1) {
            bindOne(statement, puts.get(0));
        } else {
            bind(statement, puts, isNow ? Column.OF_NOW : isLeased(puts) ? Column.LEASED : Column.CURRENT);
        }
    }

    /** Whether the statement of the puts can release leases. */
    static boolean isLeased(List<? extends Put> puts) {
        return puts.stream()
                .anyMatch(put -> put.leaseOwner() != null || put instanceof Put.Loaded loaded && loaded.isAgain());
    }

    private static void bind(PreparedStatement statement, List<? extends Put> puts, List<Column> columns)
            throws SQLException {
        Connection connection = statement.getConnection();
        int parameter = 0;
        for (Column column : columns) {
            statement.setArray(++parameter, connection.createArrayOf(column.type, column.values(puts)));
        }
    }

    private static void bindOne(PreparedStatement statement, Put put) throws SQLException {
        int parameter = 0;
        for (Column column : Column.OF_NOW) {
            statement.setObject(++parameter, column.value.apply(put), column.sqlType);
        }
    }

    /** The values alone. */
    static void bindJson(PreparedStatement statement, List<? extends Put> puts) throws SQLException {
        bind(statement, puts, List.of(Column.VALUE));
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

    private static <T> @Nullable T token(Put put, Function<LoadToken, @Nullable T> part) {
        LoadToken token = put.token();
        return token == null ? null : part.apply(token);
    }

    private static <T> @Nullable T own(Put put, Function<OwnInvalidation, T> part) {
        OwnInvalidation own = put.own();
        return own == null ? null : part.apply(own);
    }

    private enum Column {
        KEY("text", Types.VARCHAR, String[]::new, Put::key),
        VALUE("bytea", Types.BINARY, byte[][]::new, put -> put.entry().json()),
        TTL("bigint", Types.BIGINT, Long[]::new, put -> micros(put.entry().ttl())),
        TAGS("text", Types.VARCHAR, String[]::new, put -> literal(put.entry().tags())),
        TYPE("text", Types.VARCHAR, String[]::new, put -> put.entry().type()),
        WINDOW(
                "bigint",
                Types.BIGINT,
                Long[]::new,
                put -> put.entry().window().isZero() ? null : micros(put.entry().window())),
        SNAPSHOT("text", Types.VARCHAR, String[]::new, put -> token(put, LoadToken::snapshot)),
        EPOCH("text", Types.VARCHAR, String[]::new, put -> token(put, LoadToken::epoch)),
        OWN_XID("text", Types.VARCHAR, String[]::new, put -> own(put, OwnInvalidation::xid)),
        OWN_ID("bigint", Types.BIGINT, Long[]::new, put -> own(put, OwnInvalidation::logId)),
        LEASE_OWNER("text", Types.VARCHAR, String[]::new, Put::leaseOwner);

        private static final List<Column> OF_NOW = List.copyOf(EnumSet.range(KEY, WINDOW));
        private static final List<Column> CURRENT = List.copyOf(EnumSet.range(KEY, OWN_ID));
        private static final List<Column> LEASED =
                Stream.concat(CURRENT.stream(), Stream.of(KEY, LEASE_OWNER)).toList();

        private final String type;
        private final int sqlType;
        private final IntFunction<@Nullable Object[]> array;
        private final Function<Put, @Nullable Object> value;

        Column(String type, int sqlType, IntFunction<@Nullable Object[]> array, Function<Put, @Nullable Object> value) {
            this.type = type;
            this.sqlType = sqlType;
            this.array = array;
            this.value = value;
        }

        @Nullable Object[] values(List<? extends Put> puts) {
            @Nullable Object[] values = array.apply(puts.size());
            for (int i = 0; i < values.length; i++) {
                values[i] = value.apply(puts.get(i));
            }
            return values;
        }
    }
}

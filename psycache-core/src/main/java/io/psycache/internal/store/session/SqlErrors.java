package io.psycache.internal.store.session;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;

/** Translation of the database's errors to Spring's exceptions. Their messages have the server's own reason. */
public final class SqlErrors {

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final SQLExceptionTranslator BY_STATE = new SQLStateSQLExceptionTranslator() {
        @Override
        protected String buildMessage(String task, @Nullable String sql, SQLException cause) {
            return message(task, cause);
        }
    };

    private static final SQLExceptionTranslator BY_TYPE = new SQLExceptionSubclassTranslator() {
        {
            setFallbackTranslator(BY_STATE);
        }

        @Override
        protected String buildMessage(String task, @Nullable String sql, SQLException cause) {
            return message(task, cause);
        }
    };

    private SqlErrors() {}

    /**
     * The exception of Spring's that fits, with a message such as {@code get 1 cache entries: relation "psycache" does not exist
     * (SQLSTATE 42P01)}.
     *
     * @param task what failed, in words
     */
    public static DataAccessException translated(String task, SQLException cause) {
        DataAccessException translated = BY_TYPE.translate(task, null, cause);
        if (translated == null) {
            return new UncategorizedSQLException(task, cause);
        }
        return translated instanceof org.springframework.jdbc.BadSqlGrammarException
                ? new BadSqlGrammarException(task, cause)
                : translated;
    }

    private static String message(String task, SQLException cause) {
        return task + ": " + reason(cause)
                + (cause.getSQLState() == null ? "" : " (SQLSTATE " + cause.getSQLState() + ")");
    }

    /** Whether the failure is about a value: class 22 (data exception) or 54 (program limit exceeded). */
    public static boolean isAboutData(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        return state.startsWith("22") || state.startsWith("54");
    }

    /** Whether the same statement may succeed when it is repeated: serialization failure 40001, deadlock 40P01. */
    public static boolean isConflict(SQLException error) {
        return "40001".equals(error.getSQLState()) || "40P01".equals(error.getSQLState());
    }

    public static boolean isOutOfRange(SQLException error) {
        return "22003".equals(error.getSQLState());
    }

    public static boolean isLockTimeout(SQLException error) {
        return LOCK_NOT_AVAILABLE.equals(error.getSQLState());
    }

    /** The message of the server alone, without its detail, which may have values. */
    public static String reason(SQLException error) {
        return error instanceof PSQLException psql && psql.getServerErrorMessage() != null
                ? String.valueOf(psql.getServerErrorMessage().getMessage())
                : String.valueOf(error.getMessage());
    }

    /** Spring's exception of this name with a message that has the reason. The name is the same since it is a tag of meters. */
    private static final class BadSqlGrammarException extends org.springframework.jdbc.BadSqlGrammarException {
        private final String message;

        BadSqlGrammarException(String task, SQLException cause) {
            super(task, "", cause);
            this.message = message(task, cause);
        }

        @Override
        public String getMessage() {
            return message;
        }
    }

    /** Spring's exception of this name with a message that has no detail of the server's. */
    private static final class UncategorizedSQLException extends org.springframework.jdbc.UncategorizedSQLException {
        private final String message;

        UncategorizedSQLException(String task, SQLException cause) {
            super(task, null, cause);
            this.message = message(task, cause);
        }

        @Override
        public String getMessage() {
            return message;
        }
    }
}

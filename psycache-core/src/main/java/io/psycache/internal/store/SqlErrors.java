package io.psycache.internal.store;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/** What the database said, in exceptions that the cache's callers know. */
public final class SqlErrors {

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private SqlErrors() {}

    /** @param task what was tried, in words */
    public static DataAccessException translated(String task, SQLException cause) {
        DataAccessException translated = new SQLExceptionSubclassTranslator().translate(task, null, cause);
        return translated != null ? translated : new UncategorizedSQLException(task, null, cause);
    }

    /** Whether the failure is about a value: class 22 (data exception) or 54 (a limit of the program). */
    public static boolean isAboutData(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        return state.startsWith("22") || state.startsWith("54");
    }

    /** Whether another session's change came in between, so that the same statement may succeed now: 40001 and 40P01. */
    public static boolean isConflict(SQLException error) {
        return "40001".equals(error.getSQLState()) || "40P01".equals(error.getSQLState());
    }

    public static boolean isOutOfRange(SQLException error) {
        return "22003".equals(error.getSQLState());
    }

    /** The message of the server alone, without the values in its details. */
    public static String reason(SQLException error) {
        return error instanceof PSQLException psql && psql.getServerErrorMessage() != null
                ? String.valueOf(psql.getServerErrorMessage().getMessage())
                : String.valueOf(error.getMessage());
    }

    public static boolean isLockTimeout(SQLException error) {
        return LOCK_NOT_AVAILABLE.equals(error.getSQLState());
    }
}

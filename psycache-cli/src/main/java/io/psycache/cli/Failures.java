package io.psycache.cli;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;

/** The words for what went wrong, and what to do. */
final class Failures {

    private Failures() {}

    static String message(Exception failure) {
        if (failure instanceof QueryTimeoutException) {
            return "the server did not answer in time; --timeout gives it more";
        }
        if (failure instanceof DataAccessException && failure.getCause() != null) {
            String said = String.valueOf(failure.getCause().getMessage()); // by the driver or the server
            return said.contains("password")
                    ? said + " (passwords come from PGPASSWORD, or from the file ~/.pgpass or PGPASSFILE)"
                    : said;
        }
        return String.valueOf(failure.getMessage());
    }
}

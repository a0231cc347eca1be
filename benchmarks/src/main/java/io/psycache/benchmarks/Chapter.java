package io.psycache.benchmarks;

import java.sql.SQLException;

/** Measurements that answer one question, and what they need. */
interface Chapter extends AutoCloseable {

    /** What selects it: words joined by hyphens. */
    String name();

    /** The heading of its section in the report. */
    String title();

    /** What is measured, and how: a paragraph of Markdown. */
    String introduction();

    /** Whether it takes so long that it runs only if it is asked for. */
    default boolean isLong() {
        return false;
    }

    /** How often and how long it measures, where not as all do. */
    default Rounds rounds(Rounds plan) {
        return plan;
    }

    /** Fills the database. */
    void prepare() throws Exception;

    Findings measure(Rounds rounds) throws Exception;

    @Override
    void close() throws SQLException;
}

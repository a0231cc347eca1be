package io.psycache.benchmarks;

import java.sql.SQLException;
import java.util.List;

/** Benchmarks that answer one question, and what they need. */
interface Chapter extends AutoCloseable {

    /** The heading of its section in the report. */
    String title();

    /** What is measured, and how: a paragraph of Markdown. */
    String introduction();

    /** Fills the database. */
    void prepare() throws Exception;

    List<Comparison> comparisons();

    @Override
    void close() throws SQLException;
}

package io.psycache;

import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.instrumentation.TableContents;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Answers for operators about a cache. No answer contains a value. Each takes a connection of its own and has the timeout of the
 * cache; one that does not come in time is a {@link org.springframework.dao.QueryTimeoutException}. Thread-safe.
 */
public interface CacheInspection {

    CacheSettings settings();

    /**
     * Checks that the four tables can be reached and have the right shape, on the way that a get takes, so that it also fails
     * where that is blocked.
     *
     * @throws CacheUnavailableException if the circuit breaker is open; then nothing is asked
     * @throws PsycacheSchemaException if a table is missing, has another shape, or may not be used
     * @throws org.springframework.dao.DataAccessException if the database can't be reached, or does not answer in time
     */
    void check();

    /** The estimated contents of the tables, at a cost that does not grow with them; those of all {@link CachePartition partitions} together. */
    TableContents contents();

    /** The copies in this process, without a statement. */
    NearStatistics near();

    /** The circuit breaker of this process, without a statement. */
    BreakerState breaker();

    /** The end of the last cleanup of the tables, on whatever node; empty before the first one, and after a crash of the server. */
    Optional<Instant> lastCleanup();

    /**
     * Some keys of a region that have not expired, of threads without a {@link CachePartition partition}, in no order; of a large table those of a random sample. Keys of more than
     * 1,024 bytes are in their shortened form. Where keys are hashed these are the hashes.
     *
     * @param limit the most keys
     */
    List<String> keys(String region, int limit);
}

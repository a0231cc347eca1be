package io.psycache.instrumentation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of a cache in this process. While it is open the cache asks PostgreSQL for nothing that its callers can do without.
 *
 * @param since when it has last opened or closed, or was made
 * @param reason what the last read before it opened has failed with; null while it is closed
 */
public record BreakerState(
        boolean isOpen, Instant since, @Nullable String reason) {}

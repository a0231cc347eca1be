package io.psycache;

import org.springframework.dao.TransientDataAccessResourceException;

/**
 * An operation that needs an answer of PostgreSQL was not tried, since the circuit breaker is open: gets of this process have timed out, or
 * got no connection. The breaker asks again at least once in a second, and closes by itself.
 */
public final class CacheUnavailableException extends TransientDataAccessResourceException {

    public CacheUnavailableException(String message) {
        super(message);
    }
}

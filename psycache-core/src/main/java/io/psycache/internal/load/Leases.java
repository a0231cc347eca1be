package io.psycache.internal.load;

import io.psycache.CacheUnavailableException;
import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Pace;
import io.psycache.internal.store.LeaseStore.Lease;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.commons.logging.LogFactory;
import org.springframework.dao.DataAccessException;

/**
 * The leases of this process: one load per key at a time in all processes on one table. Leases save loads and nothing else depends on
 * them, so where the database fails the caller loads without. Thread-safe.
 */
final class Leases {
    private final RareWarning warning = new RareWarning(LogFactory.getLog(Leases.class));
    private final Backend.Shared told;
    private final ConcurrentMap<String, Thread> loading = new ConcurrentHashMap<>();

    /** @param told releases leases */
    Leases(Backend.Shared told) {
        this.told = told;
    }

    /** Whether the thread loads the key already. */
    boolean isHeldBy(Thread thread, Lease lease) {
        return loading.get(lease.key()) == thread;
    }

    /** Notes the lease of a load. Those of callers that are told belong to no thread. */
    void hold(Lease lease, Load load, Thread thread) {
        if (load.backend().pace() == Pace.BLOCKING) {
            loading.put(lease.key(), thread);
        }
    }

    /** Whether a caller loads without the lease that it could not take. */
    boolean isDispensable(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return true;
        }
        if (failure instanceof CacheUnavailableException) {
            return true;
        }
        if (failure instanceof DataAccessException) {
            warning.warn("A lease could not be taken: " + failure.getMessage());
            return true;
        }
        return false;
    }

    /** The lease is released. */
    void forget(Lease lease, Thread thread) {
        loading.remove(lease.key(), thread);
    }

    /** Releases the lease; the caller does not wait for that. */
    void release(Lease lease, Thread thread) {
        forget(lease, thread);
        told.release(lease).whenDone((done, failure) -> {
            if (failure != null) {
                warning.warn("A lease could not be released, and expires: " + failure.getMessage());
            }
        });
    }
}

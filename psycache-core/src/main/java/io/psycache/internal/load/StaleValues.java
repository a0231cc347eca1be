package io.psycache.internal.load;

import io.psycache.CacheLoadException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Pace;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Reads;
import io.psycache.internal.entry.View;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Expired values instead of the failures of their loaders. They are looked up after the failure: an earlier lookup would not know of
 * what was invalidated during the load, by the loader itself or before another caller joined it. Thread-safe.
 */
public final class StaleValues {
    private final RareWarning warning = new RareWarning(LogFactory.getLog(StaleValues.class));
    private final Reads reads;
    private final CacheInstrumentation instrumentation;

    public StaleValues(Reads reads, CacheInstrumentation instrumentation) {
        this.reads = reads;
        this.instrumentation = instrumentation;
    }

    /**
     * Whether a load that begins now, on this thread, may end with a stale value. A loader may not have one: what it makes of it would
     * be stored as new.
     */
    static boolean mayServe(Backend backend, View view) {
        return !view.staleIfError().isZero() && backend.direct() != null && !Pace.isInLoader();
    }

    /** The entries of all keys, live or stale, in their order. It fails with {@code failure} if one of them has none. */
    Reply<List<Found>> insteadOf(
            Throwable failure,
            Backend backend,
            View view,
            List<String> keys,
            Function<@Nullable String, @Nullable Type> readAs) {
        if (!(failure instanceof CacheLoadException failed) || failed.getCause() instanceof InterruptedException) {
            return Reply.failed(failure);
        }
        return reads.getStale(Objects.requireNonNull(backend.direct()), view, keys, readAs)
                .recover(unanswered -> unanswered(failed, unanswered))
                .map(found -> served(failed, view, found));
    }

    private Reply<List<Found>> unanswered(CacheLoadException failed, Throwable lookup) {
        failed.addSuppressed(lookup);
        warning.warn("lookup", failed.getMessage() + ", and so did the lookup of its expired value", lookup);
        return Reply.failed(failed);
    }

    private List<Found> served(CacheLoadException failed, View view, List<Found> found) {
        if (!found.stream().allMatch(Found::isHit)) {
            throw failed;
        }
        long stale =
                found.stream().filter(hit -> !Found.isLive(hit.remaining())).count();
        for (long i = 0; i < stale; i++) {
            instrumentation.recordStaleIfError(view.spanName());
        }
        if (stale > 0) {
            warning.warn(
                    kind(failed, view), failed.getMessage() + "; its expired value is returned", failed.getCause());
        }
        return found;
    }

    private static String kind(CacheLoadException failed, View view) {
        return view.spanName() + " "
                + Objects.requireNonNull(failed.getCause()).getClass().getName();
    }
}

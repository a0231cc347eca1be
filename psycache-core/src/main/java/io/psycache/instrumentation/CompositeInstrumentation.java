package io.psycache.instrumentation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Several observers as one, none of which can break a cache call: what one throws is logged and the others go on. */
public final class CompositeInstrumentation implements CacheInstrumentation {
    private static final Log LOG = LogFactory.getLog(CompositeInstrumentation.class);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final AtomicLong NEXT_WARNING = new AtomicLong(System.nanoTime());

    private final List<CacheInstrumentation> observers;

    public CompositeInstrumentation(Collection<? extends CacheInstrumentation> observers) {
        this.observers = List.copyOf(observers);
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        return start(observer -> observer.startGetSpan(keys, spanName));
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        return start(observer -> observer.startPutSpan(keys, spanName));
    }

    @Override
    public PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return start(observer -> observer.startDeferredPutSpan(keys, spanName));
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        return start(observer -> observer.startRemoveSpan(keys, spanName));
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        return start(observer -> observer.startFlushSpan(spanName));
    }

    @Override
    public CleanupSpan startCleanupSpan() {
        return start(CacheInstrumentation::startCleanupSpan);
    }

    @Override
    public void recordLaneWait(String operation, long nanos) {
        for (CacheInstrumentation observer : observers) {
            guard(() -> observer.recordLaneWait(operation, nanos));
        }
    }

    @Override
    public void recordBatch(String operation, int keys) {
        for (CacheInstrumentation observer : observers) {
            guard(() -> observer.recordBatch(operation, keys));
        }
    }

    @Override
    public void recordRefresh(String reason, String result, @Nullable String spanName) {
        for (CacheInstrumentation observer : observers) {
            guard(() -> observer.recordRefresh(reason, result, spanName));
        }
    }

    private CompositeSpan start(Function<CacheInstrumentation, Span> start) {
        List<Span> spans = null;
        for (CacheInstrumentation observer : observers) {
            Span span = started(observer, start);
            if (span != null && span != NoSpan.INSTANCE) {
                spans = spans == null ? new ArrayList<>(observers.size()) : spans;
                spans.add(span);
            }
        }
        return spans == null ? CompositeSpan.EMPTY : new CompositeSpan(spans);
    }

    /** Null where the observer failed, or has no span. */
    private static @Nullable Span started(CacheInstrumentation observer, Function<CacheInstrumentation, Span> start) {
        try {
            return start.apply(observer);
        } catch (Exception | LinkageError e) { // an observer never breaks a cache call
            warn(e);
            return null;
        }
    }

    static void guard(Runnable callback) {
        try {
            callback.run();
        } catch (Exception
                | LinkageError e) { // of another language also checked ones, of another version no such method
            warn(e);
        }
    }

    private static void warn(Throwable failure) {
        long now = System.nanoTime();
        long next = NEXT_WARNING.get();
        if (now - next >= 0 && NEXT_WARNING.compareAndSet(next, now + SILENCE.toNanos())) {
            LOG.warn("A cache instrumentation failed (logged at most once in 10 s): " + failure, failure);
        }
    }
}

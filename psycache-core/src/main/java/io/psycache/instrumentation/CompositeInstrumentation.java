package io.psycache.instrumentation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Several observers as one, none of which can break a cache call: what one throws is logged and the others go on. */
public final class CompositeInstrumentation implements CacheInstrumentation {
    private static final Log LOG = LogFactory.getLog(CompositeInstrumentation.class);

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

    private CompositeSpan start(Function<CacheInstrumentation, Span> start) {
        if (observers.isEmpty()) {
            return CompositeSpan.EMPTY;
        }
        List<Span> spans = new ArrayList<>(observers.size());
        for (CacheInstrumentation observer : observers) {
            guard(() -> spans.add(start.apply(observer)));
        }
        return new CompositeSpan(spans);
    }

    static void guard(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | LinkageError e) { // an observer never breaks a cache call
            LOG.warn("A cache instrumentation failed: " + e, e);
        }
    }
}

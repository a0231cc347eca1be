package io.psycache.instrumentation;

import io.psycache.internal.RareWarning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Several observers as one. None can break a cache call: an exception of one is logged, and the others are called. */
public class CompositeInstrumentation implements CacheInstrumentation {
    private static final RareWarning WARNING = new RareWarning(LogFactory.getLog(CompositeInstrumentation.class));

    private final List<CacheInstrumentation> observers;

    public CompositeInstrumentation(Collection<? extends CacheInstrumentation> observers) {
        this.observers = List.copyOf(observers);
    }

    /** The keys as observers see them. */
    List<String> shown(List<String> keys) {
        return keys;
    }

    @Override
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        return start(observer -> observer.startSpan(operation, shown(keys), spanName));
    }

    @Override
    public Span startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return start(observer -> observer.startDeferredPutSpan(shown(keys), spanName));
    }

    @Override
    public void recordLaneWait(Operation operation, long nanos) {
        tell(observers, observer -> observer.recordLaneWait(operation, nanos));
    }

    @Override
    public void recordBatch(Operation operation, int keys) {
        tell(observers, observer -> observer.recordBatch(operation, keys));
    }

    @Override
    public void recordRefresh(String reason, String result, @Nullable String spanName) {
        tell(observers, observer -> observer.recordRefresh(reason, result, spanName));
    }

    @Override
    public void recordStaleIfError(@Nullable String spanName) {
        tell(observers, observer -> observer.recordStaleIfError(spanName));
    }

    @Override
    public void bindNear(Supplier<NearStatistics> near) {
        tell(observers, observer -> observer.bindNear(near));
    }

    @Override
    public void bindBreaker(Supplier<BreakerState> breaker) {
        tell(observers, observer -> observer.bindBreaker(breaker));
    }

    private Span start(Function<CacheInstrumentation, @Nullable Span> start) {
        List<Span> spans = List.of();
        for (CacheInstrumentation observer : observers) {
            try {
                Span span = start.apply(observer);
                if (span != null && span != Span.NONE) {
                    spans = spans.isEmpty() ? new ArrayList<>() : spans;
                    spans.add(span);
                }
            } catch (Exception | LinkageError e) { // as below
                warn(e);
            }
        }
        return spans.isEmpty() ? Span.NONE : new CompositeSpan(spans);
    }

    private static <T> void tell(List<T> listeners, Consumer<T> message) {
        for (T listener : listeners) {
            try {
                message.accept(listener);
            } catch (Exception | LinkageError e) { // Kotlin throws checked ones too; another version may lack a method
                warn(e);
            }
        }
    }

    private static void warn(Throwable failure) {
        WARNING.warn("A cache instrumentation failed: " + failure, failure);
    }

    /** The spans of all observers of one operation. */
    private record CompositeSpan(List<Span> spans) implements Span {

        @Override
        public void recordHit(int itemSize) {
            tell(spans, span -> span.recordHit(itemSize));
        }

        @Override
        public void recordMiss() {
            tell(spans, Span::recordMiss);
        }

        @Override
        public void recordStored(int itemSize) {
            tell(spans, span -> span.recordStored(itemSize));
        }

        @Override
        public void recordQueued(int jsonSize) {
            tell(spans, span -> span.recordQueued(jsonSize));
        }

        @Override
        public void recordFenced() {
            tell(spans, Span::recordFenced);
        }

        @Override
        public void recordSkipped(SkipReason reason) {
            tell(spans, span -> span.recordSkipped(reason));
        }

        @Override
        public void recordDropped() {
            tell(spans, Span::recordDropped);
        }

        @Override
        public void recordRemoved(long count) {
            tell(spans, span -> span.recordRemoved(count));
        }

        @Override
        public void recordContents(TableContents contents) {
            tell(spans, span -> span.recordContents(contents));
        }

        @Override
        public void recordError(Throwable error) {
            tell(spans, span -> span.recordError(error));
        }

        @Override
        public void close() {
            tell(spans, Span::close);
        }
    }
}

package io.psycache.instrumentation;

import io.psycache.instrumentation.CacheInstrumentation.CleanupSpan;
import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;
import io.psycache.instrumentation.CacheInstrumentation.GetSpan;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import java.util.List;
import java.util.function.Consumer;

/** The spans of all observers of one operation; a span is told only what its kind knows. */
final class CompositeSpan implements GetSpan, PutSpan, RemoveSpan, FlushSpan, CleanupSpan {
    static final CompositeSpan EMPTY = new CompositeSpan(List.of());

    private final List<Span> spans;

    CompositeSpan(List<Span> spans) {
        this.spans = spans;
    }

    @Override
    public void recordHit(int itemSize) {
        tell(GetSpan.class, span -> span.recordHit(itemSize));
    }

    @Override
    public void recordMiss() {
        tell(GetSpan.class, GetSpan::recordMiss);
    }

    @Override
    public void recordStored(int itemSize) {
        tell(PutSpan.class, span -> span.recordStored(itemSize));
    }

    @Override
    public void recordFenced() {
        tell(PutSpan.class, PutSpan::recordFenced);
    }

    @Override
    public void recordDropped() {
        tell(PutSpan.class, PutSpan::recordDropped);
    }

    @Override
    public void recordRemoved(long count) {
        tell(RemoveSpan.class, span -> span.recordRemoved(count));
    }

    @Override
    public void recordFlushed(long count) {
        tell(FlushSpan.class, span -> span.recordFlushed(count));
    }

    @Override
    public void recordDeleted(long count) {
        tell(CleanupSpan.class, span -> span.recordDeleted(count));
    }

    @Override
    public void recordContents(TableContents contents) {
        tell(CleanupSpan.class, span -> span.recordContents(contents));
    }

    @Override
    public void recordError(Throwable error) {
        tell(Span.class, span -> span.recordError(error));
    }

    @Override
    public void close() {
        tell(Span.class, Span::close);
    }

    private <S extends Span> void tell(Class<S> kind, Consumer<S> message) {
        for (Span span : spans) {
            CompositeInstrumentation.guard(() -> message.accept(kind.cast(span)));
        }
    }
}

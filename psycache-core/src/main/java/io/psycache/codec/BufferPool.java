package io.psycache.codec;

import java.util.concurrent.atomic.AtomicReferenceArray;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.RecyclerPool;

/**
 * The buffers of Jackson's parsers and generators. Threads have places of their own, or share one with few others: Jackson's default is
 * one queue for all, on which many threads wait for each other. Buffers of a thread each would be of no use to virtual threads.
 * Thread-safe.
 */
final class BufferPool implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1L;
    private static final int PLACES = 64;

    private final transient AtomicReferenceArray<BufferRecycler> places = new AtomicReferenceArray<>(PLACES);

    private static int place() {
        return (int) Thread.currentThread().getId() & PLACES - 1;
    }

    @Override
    public BufferRecycler acquirePooled() {
        BufferRecycler pooled = places.getAndSet(place(), null);
        return pooled == null ? new BufferRecycler() : pooled;
    }

    @Override
    public void releasePooled(BufferRecycler buffers) {
        places.set(place(), buffers);
    }
}

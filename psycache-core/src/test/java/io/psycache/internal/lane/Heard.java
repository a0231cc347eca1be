package io.psycache.internal.lane;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
final class Heard implements LaneListener {
    final List<Long> waits = new CopyOnWriteArrayList<>();
    final List<String> batches = new CopyOnWriteArrayList<>();

    @Override
    public void waited(String task, long nanos) {
        waits.add(nanos);
    }

    @Override
    public void sending(String task, int keys) {
        batches.add(task + " " + keys);
    }
}

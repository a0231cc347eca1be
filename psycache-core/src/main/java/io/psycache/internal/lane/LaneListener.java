package io.psycache.internal.lane;

/** Told of every batch by the thread that sends it, right before. It must be quick and must not throw. */
public interface LaneListener {

    /** Of each request in the batch. @param nanos from its call until now, waiting for a lane */
    void waited(String task, long nanos);

    /** @param keys in the batch */
    void sending(String task, int keys);
}

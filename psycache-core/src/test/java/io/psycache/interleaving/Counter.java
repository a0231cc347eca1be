package io.psycache.interleaving;

import java.util.ArrayList;
import java.util.List;

/** What a counter may be: increments that began before the last reset and ended after it may count or not. */
final class Counter {
    private int resets;
    private int begun;
    private final List<Integer> ended = new ArrayList<>();

    /** @return to be handed to {@link #end} */
    synchronized int begin() {
        begun++;
        return resets;
    }

    synchronized void end(int begin) {
        ended.add(begin);
    }

    synchronized void reset() {
        resets++;
    }

    synchronized long least() {
        return ended.stream().filter(begin -> begin == resets).count();
    }

    synchronized long most() {
        return begun;
    }
}

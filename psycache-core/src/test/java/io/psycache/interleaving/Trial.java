package io.psycache.interleaving;

import java.util.ArrayList;
import java.util.List;

/** One permutation: names that no other permutation uses, and what was seen. Used by one thread at a time. */
final class Trial {
    private final long number;
    private final List<String> stale = new ArrayList<>();
    private final Counter counter = new Counter();
    private int hits;
    private int copied;
    private int evicted;
    private int stated;

    Trial(long number) {
        this.number = number;
    }

    String prefix() {
        return number + "/";
    }

    String key() {
        return prefix() + "key";
    }

    String region() {
        return "region" + number;
    }

    String tag() {
        return "tag" + number;
    }

    synchronized void hit(int value, int... truths) {
        hits++;
        for (int truth : truths) {
            if (value == truth) {
                return;
            }
        }
        stale.add(value + " instead of " + truths[truths.length - 1]);
    }

    /** A hit was of a copy. */
    synchronized void copied() {
        copied++;
    }

    synchronized int copies() {
        return copied;
    }

    synchronized void counted(long value) {
        hits++;
        if (value < counter.least() || value > counter.most()) {
            stale.add(value + " instead of " + counter.least() + " to " + counter.most());
        }
    }

    /** An eviction has ended that began when the row was {@code value}. */
    synchronized void evicted(int value) {
        evicted = Math.max(evicted, value);
    }

    /** The oldest value that a get may return which begins now, where writers evict after their commit. */
    synchronized int evicted() {
        return evicted;
    }

    /** Something outside the database is {@code value} now. */
    synchronized void state(int value) {
        stated = value;
    }

    synchronized int stated() {
        return stated;
    }

    Counter counter() {
        return counter;
    }

    synchronized int hits() {
        return hits;
    }

    synchronized List<String> stale() {
        return List.copyOf(stale);
    }
}

package io.psycache.benchmarks;

/** What callers do again and again. Thread-safe. */
@FunctionalInterface
interface Load {

    /** Does it once. @return how many operations that was */
    int run() throws Exception;

    /** Waits for what was begun and not waited for. */
    default void settle() {}
}

package io.psycache.benchmarks;

/** One of those compared, as its users call it, on random keys that all have an entry. Thread-safe. */
interface Contender {

    String name();

    /** @return how many entries it got */
    int get();

    /** @return how many entries it put */
    int put();

    /** Waits for puts that nobody waited for. */
    default void settle() {}
}

package io.psycache.benchmarks;

/** An object that knows the number of its entry. */
interface Numbered {

    int id();
}

package io.psycache.stress;

/** One way of caching the rows of the {@link Ledger} that have its name. */
interface Way {

    Item read(int id);

    /** Adds {@code step} to the version of the row. */
    Item change(int id, long step);
}

package io.psycache;

import io.psycache.internal.store.Joining;

/**
 * What a cache does within transactions of the application. Immutable: each setter returns a copy. Evictions have no choice:
 * outside the transaction they would serve old values.
 *
 * @param get whether gets take part in the transaction
 * @param put what becomes of puts
 * @param serializable whether gets take part in a SERIALIZABLE transaction too
 */
public record TransactionPolicy(Get get, Put put, Get serializable) {
    private static final TransactionPolicy DEFAULTS = new TransactionPolicy(Get.JOIN, Put.AFTER_COMMIT, Get.BYPASS);

    /** What becomes of gets. */
    public enum Get {

        /** They are statements of the transaction, each with its savepoint in one round trip. */
        JOIN,

        /** They are misses without a statement, and what is loaded after them is not stored. */
        BYPASS
    }

    /** What becomes of puts. */
    public enum Put {

        /** They are stored after the commit, on another thread. */
        AFTER_COMMIT,

        /** They are not stored; what states a new truth still ends the old entry. */
        SKIP
    }

    public TransactionPolicy {
        Arguments.notNull(get, "get");
        Arguments.notNull(put, "put");
        Arguments.notNull(serializable, "serializable");
    }

    /** Gets join, but not SERIALIZABLE transactions, and puts are stored after the commit. */
    public static TransactionPolicy defaults() {
        return DEFAULTS;
    }

    public TransactionPolicy get(Get get) {
        return new TransactionPolicy(get, put, serializable);
    }

    public TransactionPolicy put(Put put) {
        return new TransactionPolicy(get, put, serializable);
    }

    /** With {@link Get#JOIN}, transactions that have no data in common can fail with SQLSTATE 40001 because of the cache. */
    public TransactionPolicy serializable(Get serializable) {
        return new TransactionPolicy(get, put, serializable);
    }

    Joining ofGets() {
        return get == Get.BYPASS ? Joining.NEVER : ofPuts();
    }

    /** What a put reads is little, and in a statement that it sends anyway. */
    Joining ofPuts() {
        return serializable == Get.JOIN ? Joining.ALWAYS : Joining.UNLESS_SERIALIZABLE;
    }
}

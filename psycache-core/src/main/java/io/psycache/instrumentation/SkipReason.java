package io.psycache.instrumentation;

import org.jspecify.annotations.Nullable;

/** A reason why loaded values are not stored, whatever they are: nothing tells that they are current. */
public enum SkipReason {
    /** A persistence context that is bound to the thread had read before, and psycache was not told when it opened. */
    PERSISTENCE_CONTEXT(
            "persistence-context",
            "a persistence context had read before the call",
            "Let Spring make the EntityManagerFactory, or clear the context before the call."),

    /** A persistence context opened before the first token had been received, as right after a start. */
    NO_TOKEN_YET("no-token-yet", "the persistence context opened before PostgreSQL had been heard of", null),

    TRANSACTION_HAS_WRITTEN(
            "transaction-has-written",
            "the transaction has written before the call",
            "Call the method before the transaction writes, or outside of it."),

    SERIALIZABLE(
            "serializable",
            "the transaction is SERIALIZABLE",
            "Set psycache.transaction.serializable=join, or call the method outside of the transaction."),

    /** A call in a transaction that returns at once: its load ends on another thread than the transaction. */
    ASYNCHRONOUS(
            "asynchronous",
            "an asynchronous call in a transaction or a persistence context loads on another thread",
            "Call the method outside of it."),

    /** A transaction on another data source than the cache's whose reads are all of one moment before the call. */
    FOREIGN_TRANSACTION(
            "foreign-transaction",
            "a transaction on another data source reads what was committed before the call",
            "Use READ COMMITTED there, or call the method outside of the transaction."),

    /** An error has aborted the transaction. */
    TRANSACTION_ABORTED("transaction-aborted", "the transaction is aborted", null),

    /** A get in the transaction has waited for a lock of others on the tables; those after it in this transaction do not. */
    TABLES_LOCKED("tables-locked", "another session has locked the tables of the cache", null),

    /** The get before the load failed, or was given up. */
    GET_FAILED("get-failed", "the get failed", null),

    /** PostgreSQL did not answer, so that nothing was asked. */
    BREAKER_OPEN("breaker-open", "the circuit breaker of the cache is open", null),

    /** The tables had been emptied, as in a crash of the server. */
    EMPTIED_TABLES("emptied-tables", "the tables had been emptied", null);

    private final String tag;
    private final String words;
    private final @Nullable String cure;

    SkipReason(String tag, String words, @Nullable String cure) {
        this.tag = tag;
        this.words = words;
        this.cure = cure;
    }

    /** The value of the meters' tag {@code reason}. */
    public String tag() {
        return tag;
    }

    /** The reason in a message after "because". */
    public String words() {
        return words;
    }

    /** Sentences that say how you can have the values stored; null where it passes by itself. */
    public @Nullable String cure() {
        return cure;
    }
}

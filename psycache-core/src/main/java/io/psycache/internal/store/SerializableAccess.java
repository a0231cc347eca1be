package io.psycache.internal.store;

/** Whether statements in the caller's transaction read the cache's tables where that transaction is SERIALIZABLE. */
public enum SerializableAccess {

    /** They do not: a transaction that reads the tables there makes others fail that have no data in common with it. */
    BYPASS("current_setting('transaction_isolation') <> 'serializable'"),

    JOIN("true");

    private final String condition;

    SerializableAccess(String condition) {
        this.condition = condition;
    }

    /** The condition that a statement checks before it reads a table: the isolation may be the default of the session. */
    String condition() {
        return condition;
    }
}

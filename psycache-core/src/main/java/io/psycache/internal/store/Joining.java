package io.psycache.internal.store;

/** Whether reads take part in a transaction of the caller's. */
public enum Joining {

    /** Not where it is SERIALIZABLE: whoever reads the tables there makes transactions fail that have no data in common. */
    UNLESS_SERIALIZABLE("current_setting('transaction_isolation') <> 'serializable'"),

    ALWAYS("true");

    private final String condition;

    Joining(String condition) {
        this.condition = condition;
    }

    /** What a statement checks before it reads a table: the isolation may be the default of the session. */
    String condition() {
        return condition;
    }

    /** Whether a statement is worth sending. */
    boolean isPossible() {
        return this == ALWAYS || !Sessions.isSerializable();
    }
}

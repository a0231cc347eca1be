package io.psycache.instrumentation;

/** An operation that is sent to the database outside a transaction, as meters and messages name it. */
public enum Operation {
    GET("get", "get %s"),
    PUT("put", "put %s"),
    REMOVE("remove", "remove %s"),
    PUT_IF_ABSENT("other", "put %s if absent"),
    EXISTS("other", "look for %s"),
    INCREMENT("other", "increment %s"),

    /** An invalidation of tags, a removal by prefix, the clearing of a cache or a flush. */
    INVALIDATE("other", "invalidate entries"),

    /** The token that a load begins with. */
    TOKEN("other", "begin a load"),

    LEASE("other", "take the lease of %s"),
    RELEASE("other", "release the lease of %s");

    private final String tag;
    private final String words;

    Operation(String tag, String words) {
        this.tag = tag;
        this.words = words;
    }

    /** The value of the meters' tag {@code operation}: {@code get}, {@code put}, {@code remove} or {@code other}. */
    public String tag() {
        return tag;
    }

    /**
     * The operation in a message after "to", as in "to increment 1 key".
     *
     * @param keys how many keys it concerns
     */
    public String describe(int keys) {
        return words.formatted(keys == 1 ? "1 key" : keys + " keys");
    }
}

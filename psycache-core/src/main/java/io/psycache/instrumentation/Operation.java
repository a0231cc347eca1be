package io.psycache.instrumentation;

/** An operation as meters and messages name it. */
public enum Operation {
    GET("get", "get %s"),

    /** A look at the log of invalidations, which is an answer to all gets that have a copy of their entry. */
    LOOK("look", "look at the invalidation log"),

    PUT("put", "put %s"),
    REMOVE("remove", "remove %s"),
    PUT_IF_ABSENT("put-if-absent", "put %s if absent"),
    EXISTS("exists", "look for %s"),
    INCREMENT("increment", "increment %s"),

    /** The statement of a {@link #FLUSH}. */
    INVALIDATE("invalidate", "invalidate entries"),

    /** A token for a load or a write that begins, or whether a value is current under one. */
    TOKEN("token", "take a token"),

    LEASE("lease", "take the lease of %s"),
    RELEASE("release", "release the lease of %s"),

    /** A flush, a removal by prefix, an invalidation of tags or the clearing of a cache, as observers see it. */
    FLUSH("flush", "flush entries"),

    CLEANUP("cleanup", "clean up");

    private final String tag;
    private final String words;

    Operation(String tag, String words) {
        this.tag = tag;
        this.words = words;
    }

    /** The value of the meters' tag {@code operation}. */
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

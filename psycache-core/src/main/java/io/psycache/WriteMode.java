package io.psycache;

/** Whether callers wait for their puts outside transactions. */
public enum WriteMode {

    /** A put has been stored, or has failed, when its method returns. */
    SYNC,

    /**
     * A put is stored later, in the background, if nothing has invalidated it since. Its caller is not told what comes of it, and
     * may get what was there before. While 1,000 puts wait, loaded values are dropped, and a new truth waits for room, for half the
     * timeout at most; where it is dropped then, the old entry ends at once.
     */
    ASYNC
}

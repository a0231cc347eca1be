package io.psycache.interleaving;

/**
 * What a session does between two points at which others may do something.
 *
 * @param name for reports
 * @param kind what the runner does about it
 */
record Step(String name, Kind kind, Action action) {

    enum Kind {
        /** Runs to its end, or until the server makes it wait. */
        ACT,
        /** As {@link #ACT}, but what it stores waits just before its row is inserted, after all its checks. */
        HOLD,
        /** Lets what {@link #HOLD} holds go on. */
        RELEASE,
        /** Lets a loader go on that waits in {@link Caller#pause()}. */
        RESUME,
        /** What a crash of the server does: open transactions are gone, and the rows of the unlogged tables. */
        CRASH
    }

    @FunctionalInterface
    interface Action {
        void run(Caller caller) throws Exception;
    }

    static Step act(String name, Action action) {
        return new Step(name, Kind.ACT, action);
    }

    static Step hold(String name, Action action) {
        return new Step(name, Kind.HOLD, action);
    }

    static Step of(String name, Kind kind) {
        return new Step(name, kind, caller -> {});
    }

    @Override
    public String toString() {
        return name;
    }
}

package io.psycache.internal.store.session;

/** Told how reads outside a transaction end, as far as that says anything about the database. Must not block or throw. */
public interface StatementOutcomes {

    /** Tells nobody. */
    StatementOutcomes NONE = new StatementOutcomes() {
        @Override
        public void answered() {}

        @Override
        public void failed(String reason) {}
    };

    /** PostgreSQL has answered, be it with an error. */
    void answered();

    /** A read got no connection, or no answer in time. */
    void failed(String reason);
}

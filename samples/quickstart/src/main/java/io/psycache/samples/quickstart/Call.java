package io.psycache.samples.quickstart;

import java.time.Instant;

/** A call of the report. @param millis how long it took, cache and database included */
record Call(Instant time, String what, double millis, Outcome outcome) {

    /** What the cache answered; {@code UNCACHED} if it was not asked, or could not answer. */
    enum Outcome {
        HIT,
        MISS,
        UNCACHED
    }
}

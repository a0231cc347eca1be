package io.psycache.internal.lane;

import java.util.concurrent.TimeUnit;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;

/** Why callers have no answer. */
final class NoAnswer {

    private NoAnswer() {}

    private static String named(Route<?, ?> route, Call<?, ?> call) {
        return route.operation().describe(call.weight());
    }

    /** @param sent whether its batch had a lane */
    static QueryTimeoutException late(Route<?, ?> route, Call<?, ?> call, long timeout, boolean sent) {
        return new QueryTimeoutException("There was no answer within psycache.timeout ("
                + TimeUnit.NANOSECONDS.toMillis(timeout) + " ms) to the request to " + named(route, call)
                + (sent ? "; it may still be carried out" : "; it timed out in the queue before it was sent"));
    }

    static TransientDataAccessResourceException interrupted(Route<?, ?> route, Call<?, ?> call) {
        return new TransientDataAccessResourceException(
                "The thread was interrupted while it waited for another one to " + named(route, call));
    }

    static TransientDataAccessResourceException overfull(Route<?, ?> route, Call<?, ?> call) {
        return new TransientDataAccessResourceException("The request to " + named(route, call) + " was not sent, as "
                + ToldCalls.MOST + " asynchronous requests wait for their answers already."
                + " Make fewer at once, or find out why PostgreSQL answers slowly");
    }

    static IllegalStateException closed() {
        return new IllegalStateException("The cache is closed");
    }
}

package io.psycache.internal.lane;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Where callers are told their answers: not in a lane, since what they do then may take long. */
record Callbacks(Executor executor) {

    void run(Runnable callback) {
        try {
            executor.execute(callback);
        } catch (RejectedExecutionException e) { // closed; nobody must wait for ever
            callback.run();
        }
    }
}

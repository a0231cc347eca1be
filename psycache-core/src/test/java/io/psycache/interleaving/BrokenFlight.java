package io.psycache.interleaving;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** One load for all who ask meanwhile, who take what it returned whether it was stored or not. */
final class BrokenFlight {
    private static final Map<Trial, CompletableFuture<Integer>> FLIGHTS = new ConcurrentHashMap<>();

    private BrokenFlight() {}

    static void getOrLoad(Caller caller) throws Exception {
        int before = caller.data();
        caller.get();
        if (caller.miss != null) {
            caller.trial.hit(loaded(caller), before, caller.data());
        }
    }

    private static int loaded(Caller caller) throws Exception {
        CompletableFuture<Integer> own = new CompletableFuture<>();
        CompletableFuture<Integer> other = FLIGHTS.putIfAbsent(caller.trial, own);
        if (other != null) {
            return other.get();
        }
        caller.loaded = caller.slowly();
        caller.putLoaded();
        FLIGHTS.remove(caller.trial);
        own.complete(caller.loaded);
        return Objects.requireNonNull(caller.loaded);
    }
}

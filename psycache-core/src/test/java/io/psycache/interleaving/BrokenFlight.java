package io.psycache.interleaving;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One load for all who ask before its value is stored, who take what it returned. */
final class BrokenFlight {
    private static final Map<Trial, CompletableFuture<Integer>> FLIGHTS = new ConcurrentHashMap<>();

    private BrokenFlight() {}

    /** Whether the value was stored or not. */
    static void takeAnything(Caller caller) throws Exception {
        getOrLoad(caller, true);
    }

    /** Only what was stored. */
    static void takeStored(Caller caller) throws Exception {
        getOrLoad(caller, false);
    }

    private static void getOrLoad(Caller caller, boolean anything) throws Exception {
        int before = caller.data();
        caller.get();
        if (caller.miss != null) {
            Integer value = loaded(caller, anything);
            if (value != null) {
                caller.trial.hit(value, before, caller.data());
            }
        }
    }

    private static @Nullable Integer loaded(Caller caller, boolean anything) throws Exception {
        CompletableFuture<Integer> own = new CompletableFuture<>();
        CompletableFuture<Integer> other = FLIGHTS.putIfAbsent(caller.trial, own);
        if (other != null) {
            return other.get();
        }
        caller.loaded = caller.slowly();
        caller.putLoaded();
        FLIGHTS.remove(caller.trial);
        own.complete(anything || caller.isStored() ? caller.loaded : null);
        return Objects.requireNonNull(caller.loaded);
    }
}

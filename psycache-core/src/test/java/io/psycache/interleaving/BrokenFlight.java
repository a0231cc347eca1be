package io.psycache.interleaving;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One load for all who ask before its value is stored, who take what it returned. They ask for a load under way before they look
 * up the entry: a look-up waits until the value is stored, and then finds that it is stale.
 */
final class BrokenFlight {
    private static final Map<Trial, CompletableFuture<@Nullable Integer>> FLIGHTS = new ConcurrentHashMap<>();

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
        CompletableFuture<@Nullable Integer> own = new CompletableFuture<>();
        CompletableFuture<@Nullable Integer> other = FLIGHTS.putIfAbsent(caller.trial, own);
        if (other == null) {
            load(caller, anything, own);
        }
        Integer value = (other == null ? own : other).get();
        if (value != null) {
            caller.trial.hit(value, before, caller.data());
        }
    }

    private static void load(Caller caller, boolean anything, CompletableFuture<@Nullable Integer> own)
            throws Exception {
        caller.get();
        if (caller.miss != null) {
            caller.loaded = caller.slowly();
            caller.putLoaded();
        }
        FLIGHTS.remove(caller.trial);
        own.complete(caller.miss != null && (anything || caller.isStored()) ? caller.loaded : null);
    }
}

package io.psycache.internal.backend;

import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.backend.Backend.Shared.LeaseAnswer;
import io.psycache.internal.lane.Call;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.lane.Route;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.LeaseStore.Leased;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.springframework.dao.DataAccessResourceFailureException;

/** The kinds of requests on lanes, and how those of several callers become one statement. */
final class Routes {
    private static final ToIntFunction<List<?>> SIZE = List::size;
    private static final List<String> PROBED = List.of("psycache.probe");

    private final Stores stores;
    private final Breaker breaker;
    private final Runnable written;
    final Lanes lanes;
    final Route<List<String>, List<GetResult>> gets;
    final Route<List<String>, List<GetResult>> agingGets;

    final Route<List<Put.Now>, Map<String, Integer>> puts;

    /** The keys that had a valid entry. */
    final Route<List<String>, Set<String>> removals;

    final Route<Lease, LeaseAnswer> leases;
    final Route<Lease, Boolean> releases;
    final Route<Alone<?>, Object> counts;
    final Route<Alone<?>, Object> tokens;
    final Route<Alone<?>, Object> increments;
    final Route<Alone<?>, Object> invalidations;
    final Route<Alone<?>, Object> putsMade;
    final Route<Alone<?>, Object> putsIfAbsent;
    private final Route<List<String>, Boolean> probes;

    /** A request that has a statement for itself. */
    interface Alone<A> extends Function<Session, A> {}

    /** @param written told of each write before its callers are, also of one that has failed: it may be done */
    Routes(Stores stores, Lanes lanes, Breaker breaker, Runnable written) {
        this.stores = stores;
        this.breaker = breaker;
        this.lanes = lanes;
        this.written = written;
        this.gets = lanes.route(Operation.GET, SIZE, (calls, deadline) -> sendGets(calls, deadline, false));
        this.agingGets = lanes.route(Operation.GET, SIZE, (calls, deadline) -> sendGets(calls, deadline, true));
        this.puts = lanes.route(Operation.PUT, SIZE, this::sendPuts);
        this.removals = lanes.route(Operation.REMOVE, SIZE, this::sendRemovals);
        this.leases = lanes.route(Operation.LEASE, lease -> 1, this::sendLeases);
        this.releases = lanes.route(Operation.RELEASE, lease -> 1, this::sendReleases);
        this.counts = lanes.single(Operation.EXISTS, this::sendAlone);
        this.tokens = lanes.single(Operation.TOKEN, this::sendAlone);
        this.increments = lanes.single(Operation.INCREMENT, this::sendWrite);
        this.invalidations = lanes.single(Operation.INVALIDATE, this::sendWrite);
        this.putsMade = lanes.single(Operation.PUT, this::sendWrite);
        this.putsIfAbsent = lanes.single(Operation.PUT_IF_ABSENT, this::sendWrite);
        this.probes = lanes.single(Operation.GET, this::sendProbe);
    }

    /**
     * Whether gets and looks are answered: a get of a key that nobody has, by the statement that reads all tables which theirs read. No
     * thread of the application carries it.
     */
    CompletableFuture<?> probe() {
        return lanes.start(probes, PROBED, Runnable::run);
    }

    private void sendProbe(List<Call<List<String>, Boolean>> calls, long deadline) {
        for (Call<List<String>, Boolean> call : calls) {
            stores.reads().getAging(stores.reading(deadline), call.question());
            call.answer(true);
        }
    }

    private void sendAlone(List<Call<Alone<?>, Object>> calls, long deadline) {
        calls.forEach(call -> call.answer(call.question().apply(session(deadline))));
    }

    private void sendWrite(List<Call<Alone<?>, Object>> calls, long deadline) {
        try {
            sendAlone(calls, deadline);
        } finally {
            written.run();
        }
    }

    private void sendPuts(List<Call<List<Put.Now>, Map<String, Integer>>> calls, long deadline) {
        try {
            new PutBatch(stores.writes(), session(deadline)).send(calls);
        } finally {
            written.run();
        }
    }

    private Session session(long deadline) {
        return stores.sessions().until(deadline);
    }

    /** Gets that were queued when the breaker opened are skipped too. */
    private void sendGets(List<Call<List<String>, List<GetResult>>> calls, long deadline, boolean aging) {
        if (breaker.isOpen()) {
            calls.forEach(call -> call.answer(EntryReads.skipped(call.question(), SkipReason.BREAKER_OPEN)));
            return;
        }
        if (calls.size() == 1) {
            calls.get(0).answer(get(calls.get(0).question(), deadline, aging));
            return;
        }
        Set<String> distinct = distinct(calls);
        Iterator<GetResult> results =
                get(List.copyOf(distinct), deadline, aging).iterator();
        Map<String, GetResult> byKey = new HashMap<>();
        distinct.forEach(key -> byKey.put(key, results.next()));
        for (Call<List<String>, List<GetResult>> call : calls) {
            List<GetResult> own = new ArrayList<>(call.question().size());
            call.question().forEach(key -> own.add(byKey.get(key)));
            call.answer(own);
        }
    }

    private static Set<String> distinct(List<? extends Call<List<String>, ?>> calls) {
        Set<String> distinct = new LinkedHashSet<>();
        calls.forEach(call -> distinct.addAll(call.question()));
        return distinct;
    }

    /** Reading changes nothing, so what a lost connection did not answer is read again. */
    private List<GetResult> get(List<String> keys, long deadline, boolean aging) {
        EntryReads reads = stores.reads();
        try {
            return aging ? reads.getAging(stores.reading(deadline), keys) : reads.get(stores.reading(deadline), keys);
        } catch (DataAccessResourceFailureException e) {
            return aging ? reads.getAging(stores.reading(deadline), keys) : reads.get(stores.reading(deadline), keys);
        }
    }

    /** Of several that remove an entry at once, the first one had it. */
    private void sendRemovals(List<Call<List<String>, Set<String>>> calls, long deadline) {
        Set<String> valid;
        try {
            valid = stores.log().remove(session(deadline), List.copyOf(distinct(calls)));
        } finally {
            written.run();
        }
        for (Call<List<String>, Set<String>> call : calls) {
            Set<String> own = new HashSet<>(call.question());
            own.retainAll(valid);
            valid.removeAll(own);
            call.answer(own);
        }
    }

    /** Of several that want the lease of a key at once, the first one is heard. */
    private void sendLeases(List<Call<Lease, LeaseAnswer>> calls, long deadline) {
        Map<String, Lease> first = new LinkedHashMap<>();
        calls.forEach(call -> first.putIfAbsent(call.question().key(), call.question()));
        Leased leased = stores.leases().take(session(deadline), first.values());
        for (Call<Lease, LeaseAnswer> call : calls) {
            String key = call.question().key();
            boolean granted =
                    first.get(key) == call.question() && leased.granted().contains(key);
            call.answer(new LeaseAnswer(granted, leased.stored().contains(key)));
        }
    }

    private void sendReleases(List<Call<Lease, Boolean>> calls, long deadline) {
        stores.leases()
                .release(session(deadline), calls.stream().map(Call::question).toList());
        calls.forEach(call -> call.answer(true));
    }
}

package io.psycache;

import io.psycache.Turn.Claim;
import io.psycache.internal.lane.Call;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.lane.Route;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.LeaseStore;
import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.LeaseStore.Taken;
import io.psycache.internal.store.LeaseStore.Wish;
import io.psycache.internal.store.PutRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * What is asked of the store outside a transaction, on lanes: the requests of several callers in one statement. Keys are as
 * they are stored, distinct within one question.
 */
final class Requests {
    /** What messages call a request that goes alone. */
    static final String OTHERS = "ask for";

    private static final ToIntFunction<List<?>> SIZE = List::size;

    private final EntryStore store;
    private final InvalidationLog log;
    private final LeaseStore leaseStore;

    final Route<List<String>, List<GetResult>> gets;

    /** {@link EntryStore#getAging}. */
    final Route<List<String>, List<GetResult>> agingGets;

    /** The keys that had a valid entry. */
    final Route<List<String>, Set<String>> removals;

    final Route<Wish, Claim> leases;

    final Route<Lease, Boolean> releases;

    private final Route<List<PutRequest>, Map<String, Integer>> truths;
    private final Route<List<PutRequest>, Map<String, Integer>> loaded;
    private final Route<Alone<?>, Object> others;

    /**
     * A request that shares its statement with no other one.
     *
     * @param <A> its answer
     */
    interface Alone<A> {

        /** Both end in time. */
        A send(EntryStore store, InvalidationLog log);
    }

    Requests(EntryStore store, InvalidationLog log, LeaseStore leaseStore, Lanes lanes) {
        this.store = store;
        this.log = log;
        this.leaseStore = leaseStore;
        this.gets = lanes.route("get", SIZE, sending((inTime, keys) -> inTime.get(keys, Joining.ALWAYS)));
        this.agingGets = lanes.route("get", SIZE, sending(EntryStore::getAging));
        Route.Sender<List<PutRequest>, Map<String, Integer>> puts = this::sendPuts;
        this.truths = lanes.route("put", SIZE, puts);
        this.loaded = lanes.route("put", SIZE, puts);
        this.removals = lanes.route("remove", SIZE, this::sendRemovals);
        this.leases = lanes.route("take a lease of", wish -> 1, this::sendWishes);
        this.releases = lanes.route("release the lease of", lease -> 1, this::sendReleases);
        this.others = lanes.single(OTHERS, this::sendOthers);
    }

    /** For requests of one kind, all stored or none; what is stored, with sizes. */
    Route<List<PutRequest>, Map<String, Integer>> puts(PutRequest kind) {
        return kind.isLoaded() ? loaded : truths;
    }

    @SuppressWarnings("unchecked") // the answers are what the requests return
    <A> Route<Alone<A>, A> alone() {
        return (Route<Alone<A>, A>) (Route<?, ?>) others;
    }

    /** One that goes alone, as a future. */
    <A> CompletableFuture<A> start(Alone<A> request) {
        return started(alone(), request);
    }

    /** A question whose answer is a future. */
    static <Q, A> CompletableFuture<A> started(Route<Q, A> route, Q question) {
        CompletableFuture<A> future = new CompletableFuture<>();
        route.submit(question, (answer, failure) -> {
            if (failure == null) {
                future.complete(answer);
            } else {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    private Route.Sender<List<String>, List<GetResult>> sending(
            BiFunction<EntryStore, List<String>, List<GetResult>> get) {
        return (calls, deadline) -> sendGets(calls, keys -> get(get, keys, deadline));
    }

    private static void sendGets(
            List<Call<List<String>, List<GetResult>>> calls, Function<List<String>, List<GetResult>> get) {
        if (calls.size() == 1) {
            calls.get(0).answer(get.apply(calls.get(0).question()));
            return;
        }
        Set<String> distinct = distinct(calls);
        Iterator<GetResult> results = get.apply(List.copyOf(distinct)).iterator();
        Map<String, GetResult> byKey = new HashMap<>();
        distinct.forEach(key -> byKey.put(key, results.next()));
        calls.forEach(call -> call.answer(call.question().stream()
                .map(byKey::get)
                .map(Objects::requireNonNull)
                .toList()));
    }

    private static Set<String> distinct(List<? extends Call<List<String>, ?>> calls) {
        Set<String> distinct = new LinkedHashSet<>();
        calls.forEach(call -> distinct.addAll(call.question()));
        return distinct;
    }

    /** Reading changes nothing, so what a lost connection did not answer is read again. */
    private List<GetResult> get(
            BiFunction<EntryStore, List<String>, List<GetResult>> get, List<String> keys, long deadline) {
        try {
            return get.apply(store.until(deadline), keys);
        } catch (DataAccessResourceFailureException e) {
            return get.apply(store.until(deadline), keys);
        }
    }

    private void sendPuts(List<Call<List<PutRequest>, Map<String, Integer>>> calls, long deadline) {
        new PutBatch(store.until(deadline)).send(calls);
    }

    /** Of several who remove an entry at once, the first one had it. */
    private void sendRemovals(List<Call<List<String>, Set<String>>> calls, long deadline) {
        Set<String> valid = log.until(deadline).remove(List.copyOf(distinct(calls)));
        for (Call<List<String>, Set<String>> call : calls) {
            Set<String> own = new HashSet<>(call.question());
            own.retainAll(valid);
            valid.removeAll(own);
            call.answer(own);
        }
    }

    /** Of several who want the lease of a key at once, the first one is heard. */
    private void sendWishes(List<Call<Wish, Claim>> calls, long deadline) {
        Map<String, Wish> first = new LinkedHashMap<>();
        calls.forEach(call -> first.putIfAbsent(call.question().lease().key(), call.question()));
        Taken taken = leaseStore.until(deadline).take(first.values());
        for (Call<Wish, Claim> call : calls) {
            String key = call.question().lease().key();
            boolean isFirst = first.get(key) == call.question();
            call.answer(new Claim(
                    isFirst && taken.leased().contains(key), taken.stored().contains(key)));
        }
    }

    private void sendReleases(List<Call<Lease, Boolean>> calls, long deadline) {
        leaseStore.until(deadline).release(calls.stream().map(Call::question).toList());
        calls.forEach(call -> call.answer(true));
    }

    private void sendOthers(List<Call<Alone<?>, Object>> calls, long deadline) {
        calls.forEach(call -> call.answer(call.question().send(store.until(deadline), log.until(deadline))));
    }
}

package io.psycache;

import io.psycache.lane.Call;
import io.psycache.lane.Lanes;
import io.psycache.lane.Route;
import io.psycache.store.EntryStore;
import io.psycache.store.GetResult;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.dao.DataAccessResourceFailureException;

/** What is asked of the store outside a transaction, on lanes: the requests of several callers in one statement. */
final class Requests {
    private final EntryStore store;

    /** Keys as they are stored, distinct within one question. */
    final Route<List<String>, List<GetResult>> gets;

    Requests(EntryStore store, Lanes lanes) {
        this.store = store;
        this.gets = lanes.route("get", this::sendGets);
    }

    private void sendGets(List<Call<List<String>, List<GetResult>>> calls, long deadline) {
        if (calls.size() == 1) {
            calls.get(0).answer(get(calls.get(0).question(), deadline));
            return;
        }
        Set<String> distinct = new LinkedHashSet<>();
        calls.forEach(call -> distinct.addAll(call.question()));
        Iterator<GetResult> results = get(List.copyOf(distinct), deadline).iterator();
        Map<String, GetResult> byKey = new HashMap<>();
        distinct.forEach(key -> byKey.put(key, results.next()));
        calls.forEach(call -> call.answer(call.question().stream()
                .map(byKey::get)
                .map(Objects::requireNonNull)
                .toList()));
    }

    /** Reading changes nothing, so what a lost connection did not answer is read again. */
    private List<GetResult> get(List<String> keys, long deadline) {
        try {
            return store.get(keys, deadline);
        } catch (DataAccessResourceFailureException e) {
            return store.get(keys, deadline);
        }
    }
}

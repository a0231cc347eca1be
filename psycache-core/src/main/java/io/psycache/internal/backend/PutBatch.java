package io.psycache.internal.backend;

import io.psycache.internal.lane.Call;
import io.psycache.internal.store.EntryWrites;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.UnstorableValueException;
import io.psycache.internal.store.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataIntegrityViolationException;

/** Writes by several callers in one statement; each of them stores all that it puts or nothing. */
record PutBatch(EntryWrites store, Session session) {

    /** A statement has a key once. Of puts of a key with the same tags, which have one fate, it has the last; others go with another statement after it. */
    void send(List<Call<List<Put.Now>, Map<String, Integer>>> calls) {
        if (calls.size() == 1) {
            store(calls, calls.get(0).question());
            return;
        }
        Map<String, Put.Now> last = new LinkedHashMap<>();
        List<Call<List<Put.Now>, Map<String, Integer>>> now = new ArrayList<>();
        List<Call<List<Put.Now>, Map<String, Integer>>> later = new ArrayList<>();
        Set<String> postponed = new HashSet<>();
        for (Call<List<Put.Now>, Map<String, Integer>> call : calls) {
            if (call.question().stream().allMatch(put -> !postponed.contains(put.key()) && isAlike(put, last))) {
                call.question().forEach(put -> last.put(put.key(), put));
                now.add(call);
            } else {
                call.question().forEach(put -> postponed.add(put.key()));
                later.add(call);
            }
        }
        store(now, List.copyOf(last.values()));
        if (!later.isEmpty()) {
            send(later);
        }
    }

    private static boolean isAlike(Put.Now put, Map<String, Put.Now> last) {
        Put.Now other = last.get(put.key());
        return other == null || put.entry().tags().equals(other.entry().tags());
    }

    private void store(List<Call<List<Put.Now>, Map<String, Integer>>> calls, List<Put.Now> puts) {
        try {
            Map<String, Integer> stored = store.put(session, puts);
            calls.forEach(call -> call.answer(ownOf(call.question(), stored)));
        } catch (UnstorableValueException e) {
            storeWithout(lastWith(e.key(), calls), calls, e);
        } catch (DataIntegrityViolationException e) {
            storeApart(calls, e);
        }
    }

    private static Map<String, Integer> ownOf(List<Put.Now> puts, Map<String, Integer> stored) {
        Map<String, Integer> own = new HashMap<>();
        for (Put.Now put : puts) {
            Integer size = stored.get(put.key());
            if (size != null) {
                own.put(put.key(), size);
            }
        }
        return own;
    }

    /** The call whose put of the key was the one in the statement. */
    private static int lastWith(String key, List<Call<List<Put.Now>, Map<String, Integer>>> calls) {
        for (int i = calls.size() - 1; i > 0; i--) {
            if (calls.get(i).question().stream().anyMatch(put -> put.key().equals(key))) {
                return i;
            }
        }
        return 0;
    }

    private void storeWithout(
            int bad, List<Call<List<Put.Now>, Map<String, Integer>>> calls, UnstorableValueException reason) {
        calls.get(bad).fail(reason);
        List<Call<List<Put.Now>, Map<String, Integer>>> rest = new ArrayList<>(calls);
        rest.remove(bad);
        if (!rest.isEmpty()) {
            send(rest);
        }
    }

    /** The server refuses something and does not say what: the halves have it or not. */
    private void storeApart(
            List<Call<List<Put.Now>, Map<String, Integer>>> calls, DataIntegrityViolationException reason) {
        if (calls.size() == 1) {
            calls.get(0).fail(reason);
            return;
        }
        int half = calls.size() / 2;
        send(calls.subList(0, half));
        send(calls.subList(half, calls.size()));
    }
}

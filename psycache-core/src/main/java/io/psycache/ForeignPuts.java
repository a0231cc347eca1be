package io.psycache;

import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts of new truths in a transaction that can't carry their invalidation, since it is not on the cache's data source: they end
 * the old entry at once, and once more after that transaction has committed, for what readers have put back; then they are stored,
 * unless something else has invalidated them since.
 */
final class ForeignPuts {
    private final EntryStore store;
    private final InvalidationLog log;
    private final Invalidations invalidations;
    private final DeferredPuts deferred;

    ForeignPuts(EntryStore store, InvalidationLog log, Invalidations invalidations, DeferredPuts deferred) {
        this.store = store;
        this.log = log;
        this.invalidations = invalidations;
        this.deferred = deferred;
    }

    /** @return how many will be stored */
    int put(CacheView view, Collection<PutRequest> requests) {
        log.remove(requests.stream().map(PutRequest::key).toList());
        LoadToken token = store.token(Joining.ALWAYS);
        requests.forEach(request -> replaceAfterwards(view, request, token));
        return token == null ? 0 : requests.size();
    }

    /**
     * Of a truth made since {@code beginning}. The token is taken between its own invalidation and the check that nothing else
     * came before it, so that no invalidation slips through between the two.
     *
     * @return whether it will be stored
     */
    boolean putMade(CacheView view, PutRequest request, LoadToken beginning) {
        LoadToken own = log.removeForPut(request.key(), beginning);
        LoadToken token = store.token(Joining.ALWAYS);
        boolean current = token != null && store.isCurrent(request.withToken(own));
        replaceAfterwards(view, request, current ? token : null);
        return current;
    }

    /** @param token null = the entry ends, and nothing is stored */
    private void replaceAfterwards(CacheView view, PutRequest request, @Nullable LoadToken token) {
        invalidations.afterwards(committed -> {
            if (token == null || !committed) {
                log.remove(List.of(request.key()));
            } else {
                deferred.now(view, List.of(request.withToken(log.removeForPut(request.key(), token))));
            }
        });
    }
}

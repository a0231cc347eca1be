package io.psycache.spring;

import io.psycache.CacheLoadException;
import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.spring.keys.CacheKeyEncoder;
import io.psycache.spring.keys.Invocation;
import io.psycache.spring.keys.InvocationKey;
import io.psycache.spring.types.ValueTypes;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Spring's {@link Cache} over a {@link CacheRegion}: keys and the {@link Invocation}s that come with them. */
final class RegionCache implements Cache {
    private final String name;
    private final CacheRegion region;
    private final CacheKeyEncoder keys;
    private final RegionParts parts;
    private final CacheOutcomes outcomes;
    private final SynchronizedLoads loads;
    private final LoadedPuts puts;
    private final Replacements replacements;
    private final boolean refreshing;

    RegionCache(String name, CacheRegion region, PostgresCacheConfiguration configuration, ValueTypes types) {
        this.name = name;
        this.region = region;
        this.keys = new CacheKeyEncoder(configuration.keyPrefix() + name + "::", configuration.keyConverters());
        this.outcomes = new CacheOutcomes(name, configuration.failurePolicy());
        EntryTtl ttl = new EntryTtl(configuration.entryTtl(), configuration.ttlJitter());
        CacheValues values = new CacheValues(name, configuration.cacheNullValues(), types);
        this.parts = new RegionParts(region, types, values, ttl, outcomes);
        this.loads = new SynchronizedLoads(parts);
        this.puts = new LoadedPuts(parts);
        this.replacements = new Replacements(parts);
        this.refreshing = configuration.isRefreshing();
    }

    PostgresCacheStatistics statistics() {
        return outcomes.statistics();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public CacheRegion getNativeCache() {
        return region;
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        noteLookup(key);
        return find(keys.encode(InvocationKey.keyOf(key)), InvocationKey.invocationOf(key));
    }

    /** Of a method without {@code sync = true} the cache has no loader. */
    private void noteLookup(Object key) {
        if (refreshing && key instanceof InvocationKey) {
            outcomes.notRefreshed();
        }
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        ValueWrapper found = get(key);
        Object value = found == null ? null : found.get();
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException("The value in cache '" + name + "' is not of the required type "
                    + type.getName() + " but of " + value.getClass().getName());
        }
        return cast(value);
    }

    private @Nullable ValueWrapper find(String key, Invocation invocation) {
        Lookup lookup;
        try {
            lookup = region.lookup(key, parts.types().readAs(invocation.declaredType()));
        } catch (DataAccessException e) {
            invocation.forbidPut(key);
            outcomes.getFailed(e);
            return null;
        }
        if (!lookup.isHit()) {
            invocation.missed(lookup);
        }
        return outcomes.found(lookup);
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        Invocation invocation = InvocationKey.invocationOf(key);
        TrackedLoader loader = tracked(() -> parts.values().checked(valueLoader.call()));
        String encoded = keys.encode(InvocationKey.keyOf(key));
        try {
            return cast(loads.getOrLoad(encoded, invocation, loader));
        } catch (CacheLoadException e) {
            throw new ValueRetrievalException(shown(key, encoded), valueLoader, e.getCause());
        }
    }

    private TrackedLoader tracked(Callable<?> loader) {
        return new TrackedLoader(loader, outcomes.statistics());
    }

    /** The key in messages: the caller's own, unless keys are hashed. */
    private Object shown(Object key, String encoded) {
        String shown = region.shown(encoded);
        return shown.equals(encoded) ? InvocationKey.keyOf(key) : shown;
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        noteLookup(key);
        Invocation invocation = InvocationKey.invocationOf(key);
        String encoded = keys.encode(InvocationKey.keyOf(key));
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            bypass(encoded, invocation);
            return null;
        }
        if (!region.isFresh()) { // other threads can't see what a persistence context of the caller's holds
            invocation.forbidPut(encoded);
        }
        return findAsync(encoded, invocation);
    }

    private CompletableFuture<@Nullable ValueWrapper> findAsync(String key, Invocation invocation) {
        return region.lookupAsync(key, parts.types().readAs(invocation.declaredType()))
                .handle((lookup, failure) -> found(key, invocation, lookup, failure));
    }

    private @Nullable ValueWrapper found(
            String key, Invocation invocation, @Nullable Lookup lookup, @Nullable Throwable failure) {
        if (failure instanceof DataAccessException database) {
            getRejected(key, invocation, database);
            return null;
        }
        if (lookup == null) {
            throw new CompletionException(failure);
        }
        if (!lookup.isHit()) {
            invocation.missed(lookup);
        }
        return outcomes.found(lookup);
    }

    private void getRejected(String key, Invocation invocation, RuntimeException rejection) {
        invocation.forbidPut(key);
        outcomes.getFailed(rejection);
    }

    /** Other threads can't see what the transaction of this one has evicted. */
    private void bypass(String key, Invocation invocation) {
        invocation.forbidPut(key);
        outcomes.statistics().recordMiss();
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        Invocation invocation = InvocationKey.invocationOf(key);
        String encoded = keys.encode(InvocationKey.keyOf(key));
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            bypass(encoded, invocation);
            return valueLoader.get();
        }
        return region.isFresh()
                ? cast(loads.getOrLoadAsync(encoded, invocation, tracked(() -> checked(valueLoader.get()))))
                : retrieveUnstored(encoded, invocation, valueLoader);
    }

    /** Other threads can't see what a persistence context of the caller's holds. */
    private <T> CompletableFuture<T> retrieveUnstored(
            String key, Invocation invocation, Supplier<CompletableFuture<T>> valueLoader) {
        invocation.forbidPut(key);
        return findAsync(key, invocation).thenCompose(found -> {
            if (found != null) {
                return CompletableFuture.completedFuture(cast(found.get()));
            }
            outcomes.statistics().recordSkippedPut();
            return valueLoader.get();
        });
    }

    private @Nullable CompletableFuture<?> checked(@Nullable CompletableFuture<?> loading) {
        return loading == null ? null : loading.thenApply(parts.values()::checked);
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        Invocation invocation = InvocationKey.invocationOf(key);
        String encoded = keys.encode(InvocationKey.keyOf(key));
        Supplier<Beginning> beginning = invocation.beginning();
        if (beginning != null) {
            replacements.replace(encoded, value, invocation, beginning);
            return;
        }
        Object checked = parts.values().checked(value);
        Optional<Lookup> miss = invocation.missOf(encoded);
        if (invocation.isAsync() && miss != null && miss.isPresent()) {
            puts.putAsync(encoded, checked, invocation, miss.get());
        } else {
            puts.put(encoded, checked, invocation);
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Lookup existing =
                puts.putIfAbsent(keys.encode(InvocationKey.keyOf(key)), value, InvocationKey.invocationOf(key));
        if (existing.isHit()) {
            return new SimpleValueWrapper(existing.value());
        }
        outcomes.statistics().recordPut();
        return null;
    }

    @Override
    public void evict(Object key) {
        region.evict(keys.encode(InvocationKey.keyOf(key)));
        outcomes.statistics().recordEviction();
    }

    @Override
    public boolean evictIfPresent(Object key) {
        boolean present = region.evictIfPresent(keys.encode(InvocationKey.keyOf(key)));
        outcomes.statistics().recordEviction();
        return present;
    }

    @Override
    public void clear() {
        region.clear();
        outcomes.statistics().recordEviction();
    }

    @Override
    public boolean invalidate() {
        boolean present = region.invalidate();
        outcomes.statistics().recordEviction();
        return present;
    }

    @SuppressWarnings("unchecked") // as Spring's contract has it: the caller chooses T
    private static <T> @Nullable T cast(@Nullable Object value) {
        return (T) value;
    }

    @SuppressWarnings("unchecked") // as above
    private static <T> CompletableFuture<T> cast(CompletableFuture<@Nullable Object> future) {
        return (CompletableFuture<T>) (CompletableFuture<?>) future;
    }
}

package io.psycache.spring;

import io.psycache.CacheLoadException;
import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheValueException;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's {@link Cache} over a {@link CacheRegion}: keys, nulls, types, and what a failure comes to.
 *
 * <p>A put after a miss of the same {@link Invocation} hands the miss to the region, which refuses the value if it was
 * invalidated since. Where a get failed, nothing is known about that, and the put is skipped.
 */
final class RegionCache implements Cache {
    private final String name;
    private final CacheRegion region;
    private final CacheKeyEncoder keys;
    private final ValueTypes types;
    private final AsyncLoads async;
    private final CacheOutcomes outcomes;
    private final EntryTtl ttl;
    private final CacheValues values;
    private final Replacements replacements;

    RegionCache(
            String name,
            CacheRegion region,
            PostgresCacheConfiguration configuration,
            ValueTypes types,
            AsyncLoads async) {
        this.name = name;
        this.region = region;
        this.keys = new CacheKeyEncoder(configuration.getKeyPrefix() + name + "::", configuration.keyConverters());
        this.types = types;
        this.async = async;
        this.outcomes = new CacheOutcomes(name, configuration.getFailurePolicy());
        this.ttl = new EntryTtl(configuration.getEntryTtl(), configuration.getTtlJitter());
        this.values = new CacheValues(name, configuration.isCacheNullValues(), types);
        this.replacements = new Replacements(region, values, ttl, outcomes);
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
        return find(keys.encode(InvocationKey.keyOf(key)), InvocationKey.invocationOf(key));
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
            lookup = region.lookup(key, types.readAs(invocation.declaredType()));
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
        TrackedLoader loader = new TrackedLoader(() -> values.checked(valueLoader.call()));
        try {
            return cast(getOrLoad(keys.encode(InvocationKey.keyOf(key)), invocation.declaredType(), loader));
        } catch (CacheLoadException e) {
            throw new ValueRetrievalException(InvocationKey.keyOf(key), valueLoader, e.getCause());
        }
    }

    private @Nullable Object getOrLoad(String key, @Nullable Type declared, TrackedLoader loader) {
        Object value;
        try {
            value = region.getOrLoad(
                    key,
                    types.readAs(declared),
                    loaded -> storeAs(key, declared, loaded, loader),
                    ttl.next(),
                    loader,
                    outcomes::unreadable,
                    reason -> {
                        loader.refuse();
                        outcomes.notStored(reason);
                    });
        } catch (DataAccessException e) {
            if (loader.isCalled()) {
                throw e; // a failed put that is to propagate
            }
            outcomes.getFailed(e);
            return loader.load(key);
        }
        outcomes.gotOrLoaded(loader);
        return value;
    }

    private @Nullable Type storeAs(String key, @Nullable Type declared, @Nullable Object value, TrackedLoader loader) {
        Type type = storeAs(key, declared, value);
        if (type == null) {
            loader.refuse();
        }
        return type;
    }

    private @Nullable Type storeAs(String key, @Nullable Type declared, @Nullable Object value) {
        try {
            return values.storeAs(key, declared, value);
        } catch (CacheValueException e) {
            outcomes.unstorable(e);
            return null;
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        Invocation invocation = InvocationKey.invocationOf(key);
        String encoded = keys.encode(InvocationKey.keyOf(key));
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            bypass(encoded, invocation);
            return null;
        }
        return async.run(() -> find(encoded, invocation), rejection -> {
            invocation.forbidPut(encoded);
            outcomes.getFailed(rejection);
        });
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
        // each attempt is an invocation of its own: what a lookup before a wait knew is too old for the load after it
        return async.load(encoded, valueLoader, () -> new AsyncLoads.Attempt() {
            private final Invocation attempt = new Invocation(invocation.declaredType(), true);

            @Override
            public @Nullable ValueWrapper find() {
                return RegionCache.this.find(encoded, attempt);
            }

            @Override
            public void store(@Nullable Object value) {
                put(encoded, value, attempt);
            }

            @Override
            public void rejected(RuntimeException rejection) {
                attempt.forbidPut(encoded);
                outcomes.getFailed(rejection);
            }
        });
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        Invocation invocation = InvocationKey.invocationOf(key);
        String encoded = keys.encode(InvocationKey.keyOf(key));
        Supplier<Beginning> beginning = invocation.beginning();
        if (beginning != null) {
            replacements.replace(encoded, value, invocation.declaredType(), beginning);
            return;
        }
        Object checked = values.checked(value);
        Optional<Lookup> miss = invocation.missOf(encoded);
        if (invocation.isAsync() && miss != null && miss.isPresent()) {
            async.run(() -> put(encoded, checked, invocation), outcomes::putFailed);
        } else {
            put(encoded, checked, invocation);
        }
    }

    private void put(String key, @Nullable Object value, Invocation invocation) {
        Optional<Lookup> miss = invocation.missOf(key);
        Object checked = values.checked(value);
        if (miss != null && miss.isEmpty()) {
            outcomes.statistics().recordSkippedPut();
            return;
        }
        Type type = storeAs(key, invocation.declaredType(), checked);
        if (type != null) {
            outcomes.put(() -> {
                if (miss == null) {
                    region.put(key, checked, type, ttl.next());
                } else {
                    region.put(miss.get(), checked, type, ttl.next());
                }
            });
        }
    }

    /** Unlike a put it throws what fails, under either policy: its caller acts on the answer. */
    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Type declared = InvocationKey.invocationOf(key).declaredType();
        String encoded = keys.encode(InvocationKey.keyOf(key));
        Object checked = values.checked(value);
        Type type = values.storeAs(encoded, declared, checked);
        Lookup existing = region.putIfAbsent(encoded, checked, type, ttl.next(), types.readAs(declared));
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
}

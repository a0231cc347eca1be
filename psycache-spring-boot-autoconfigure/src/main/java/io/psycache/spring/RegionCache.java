package io.psycache.spring;

import io.psycache.CacheLoadException;
import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheValueException;
import io.psycache.instrumentation.SkipReason;
import io.psycache.spring.keys.CacheKeyEncoder;
import io.psycache.spring.keys.Invocation;
import io.psycache.spring.types.ValueTypes;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.dao.DataAccessException;
import org.springframework.util.Assert;

/** Spring's {@link Cache} over a {@link CacheRegion}: keys and the {@link Invocation}s that come with them. */
final class RegionCache implements Cache {
    private final String name;
    private final CacheRegion region;
    private final CacheKeyEncoder keys;
    private final CacheValues values;
    private final CacheOutcomes outcomes;
    private final SynchronizedLoads loads;
    private final boolean needsLoaders;

    RegionCache(
            String name,
            CacheRegion region,
            PostgresCacheConfiguration configuration,
            ValueTypes types,
            CacheOutcomes outcomes) {
        this.name = name;
        this.region = region;
        this.keys = new CacheKeyEncoder(configuration.stored(name) + "::", configuration.keyConverters());
        this.values = new CacheValues(name, configuration, types);
        this.outcomes = outcomes;
        this.loads = new SynchronizedLoads(region, values, outcomes);
        this.needsLoaders = configuration.needsLoaders();
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

    private String encoded(Object key) {
        return keys.encode(Invocation.keyOf(key));
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        noteLookup(key);
        Invocation invocation = Invocation.of(key);
        String encoded = encoded(key);
        try {
            return found(invocation, answered(region.lookup(encoded, values.readAs(invocation))));
        } catch (DataAccessException e) {
            return failed(encoded, invocation, e);
        }
    }

    /** Of a method without {@code sync = true} the cache has no loader. */
    private void noteLookup(Object key) {
        if (needsLoaders && Invocation.isCarriedBy(key)) {
            outcomes.noLoader();
        }
    }

    private @Nullable ValueWrapper failed(String key, Invocation invocation, DataAccessException failure) {
        invocation.forbidPut(key, SkipReason.GET_FAILED);
        outcomes.getFailed(failure);
        return null;
    }

    /** @throws CacheUnavailableException if it was skipped, and that is to be an error */
    private Lookup answered(Lookup lookup) {
        if (lookup.skipped() == SkipReason.BREAKER_OPEN && outcomes.arePropagated()) {
            throw outcomes.unavailable();
        }
        return lookup;
    }

    private @Nullable ValueWrapper found(Invocation invocation, Lookup lookup) {
        if (!lookup.isHit()) {
            invocation.missed(lookup);
        }
        return outcomes.found(lookup);
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

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        String encoded = encoded(key);
        try {
            return cast(loads.getOrLoad(encoded, Invocation.of(key), () -> values.checked(valueLoader.call())));
        } catch (CacheLoadException e) {
            throw new ValueRetrievalException(shown(key, encoded), valueLoader, e.getCause());
        }
    }

    /** The key in messages: the caller's own, unless keys are hashed. */
    private Object shown(Object key, String encoded) {
        String shown = region.shown(encoded);
        return shown.equals(encoded) ? Invocation.keyOf(key) : shown;
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        noteLookup(key);
        return findAsync(encoded(key), Invocation.of(key));
    }

    /** Null where the caller's thread must call the method: it is a miss whose value must not be put. */
    private @Nullable CompletableFuture<@Nullable ValueWrapper> findAsync(String key, Invocation invocation) {
        CompletableFuture<Lookup> lookup = region.lookupAsync(key, values.readAs(invocation));
        if (lookup == null) {
            invocation.forbidPut(key, SkipReason.ASYNCHRONOUS);
            outcomes.statistics().misses.increment();
            return null;
        }
        if (!region.isFresh()) { // other threads can't see what a persistence context of the caller's holds
            invocation.forbidPut(key, SkipReason.ASYNCHRONOUS);
        }
        return lookup.thenApply(this::answered).handle((found, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof DataAccessException database) {
                return failed(key, invocation, database);
            }
            if (found == null) {
                throw new CompletionException(cause);
            }
            return found(invocation, found);
        });
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        Invocation invocation = Invocation.of(key);
        String encoded = encoded(key);
        return region.isFresh()
                ? cast(loads.getOrLoadAsync(encoded, invocation, () -> checked(valueLoader.get())))
                : retrieveUnstored(encoded, invocation, valueLoader);
    }

    /** Other threads can't see what a persistence context of the caller's holds. */
    private <T> CompletableFuture<T> retrieveUnstored(
            String key, Invocation invocation, Supplier<CompletableFuture<T>> valueLoader) {
        CompletableFuture<@Nullable ValueWrapper> lookup = findAsync(key, invocation);
        if (lookup == null) {
            return valueLoader.get();
        }
        return lookup.thenCompose(found -> {
            if (found != null) {
                return CompletableFuture.completedFuture(cast(found.get()));
            }
            skip(key, SkipReason.ASYNCHRONOUS);
            return valueLoader.get();
        });
    }

    private CompletableFuture<?> checked(@Nullable CompletableFuture<?> loading) {
        Assert.state(loading != null, "the loader returned null instead of a future");
        return loading.thenApply(values::checked);
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        Invocation invocation = Invocation.of(key);
        String encoded = encoded(key);
        Supplier<Beginning> beginning = invocation.beginning();
        if (beginning != null) {
            replace(encoded, value, invocation, beginning);
        } else {
            putLoaded(encoded, values.checked(value), invocation);
        }
    }

    /**
     * Puts what a method returned, for {@code @CachePut}. The old entry is invalidated also where the new value is not stored, for
     * whatever reason; if that fails, it is an error of the method's caller.
     */
    private void replace(String key, @Nullable Object value, Invocation invocation, Supplier<Beginning> beginning) {
        try {
            Object checked = values.checked(value);
            Type type = values.storeAs(key, invocation, checked);
            Beginning begun = beginning.get();
            boolean stored = invocation.view(region).put(begun, key, checked, type, values.nextTtl());
            if (begun.skipped() != null) {
                outcomes.skipped(begun.skipped());
            } else {
                outcomes.stored(stored);
            }
        } catch (RuntimeException e) { // none is hidden
            evictInstead(key, e);
            outcomes.notStored(e);
        }
    }

    private void evictInstead(String key, RuntimeException reason) {
        try {
            region.evict(key);
        } catch (RuntimeException e) {
            e.addSuppressed(reason);
            throw e;
        }
    }

    /**
     * Puts what was loaded. After a miss of the same {@link Invocation} the region is handed the miss, and refuses the value if it was
     * invalidated since. Where the get failed, nothing is known about that, and the put is skipped.
     */
    private void putLoaded(String key, @Nullable Object value, Invocation invocation) {
        SkipReason reason = invocation.skipOf(key);
        if (reason != null) {
            skip(key, reason);
            return;
        }
        Lookup miss = invocation.missOf(key);
        try {
            Type type = values.storeAs(key, invocation, value);
            Duration ttl = values.nextTtl();
            CacheRegion view = invocation.view(region);
            outcomes.stored(miss != null ? view.put(miss, value, type, ttl) : view.put(key, value, type, ttl));
        } catch (CacheValueException | DataAccessException e) {
            if (miss == null) { // a new value, whose old one must not be served
                evictInstead(key, e);
            }
            outcomes.notStored(e);
        }
    }

    private void skip(String key, SkipReason reason) {
        region.skip(key, reason);
        outcomes.skipped(reason);
    }

    /** Unlike a put it throws what fails, under either policy: its caller acts on the answer. */
    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Invocation invocation = Invocation.of(key);
        String encoded = encoded(key);
        Object checked = values.checked(value);
        Type type = values.storeAs(encoded, invocation, checked);
        Lookup existing = invocation
                .view(region)
                .putIfAbsent(encoded, checked, type, values.nextTtl(), values.readAs(invocation));
        if (existing.isHit()) {
            return new SimpleValueWrapper(existing.value());
        }
        outcomes.stored(true);
        return null;
    }

    @Override
    public void evict(Object key) {
        region.evict(encoded(key));
        outcomes.statistics().evictions.increment();
    }

    @Override
    public boolean evictIfPresent(Object key) {
        boolean present = region.evictIfPresent(encoded(key));
        outcomes.statistics().evictions.increment();
        return present;
    }

    @Override
    public void clear() {
        region.clear();
        outcomes.statistics().evictions.increment();
    }

    @Override
    public boolean invalidate() {
        boolean present = region.invalidate();
        outcomes.statistics().evictions.increment();
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

package io.psycache.spring.keys;

import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheRegion.TagFunction;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of a cached method as one of its caches sees it: the declared type of the value, and what the lookups that
 * missed knew, for the put that follows on whatever thread.
 */
public final class Invocation {
    private final @Nullable Type declaredType;
    private final boolean async;
    private final @Nullable TagFunction tags;
    private final @Nullable Supplier<Beginning> beginning;
    private final Map<String, Optional<Lookup>> misses = new ConcurrentHashMap<>(2);

    /** @param declaredType null = not known */
    public Invocation(@Nullable Type declaredType, boolean async) {
        this(declaredType, async, null, null);
    }

    /**
     * @param tags of what is put, where the method declares some
     * @param beginning of an operation that puts what the method returns as the new truth, else null; throws what taking it threw
     */
    public Invocation(
            @Nullable Type declaredType,
            boolean async,
            @Nullable TagFunction tags,
            @Nullable Supplier<Beginning> beginning) {
        this.declaredType = declaredType;
        this.async = async;
        this.tags = tags;
        this.beginning = beginning;
    }

    /** The same, with nothing looked up yet. */
    public Invocation again() {
        return new Invocation(declaredType, async, tags, beginning);
    }

    public @Nullable Type declaredType() {
        return declaredType;
    }

    /** The tags of what is put; null where the method declares none. */
    public @Nullable TagFunction tags() {
        return tags;
    }

    /** Whether the method returns before its value is there, so that its threads must not block. */
    public boolean isAsync() {
        return async;
    }

    /** Of an operation that puts what the method returns as the new truth: the moment before the method. */
    public @Nullable Supplier<Beginning> beginning() {
        return beginning;
    }

    /** Keeps the first miss of a key: the oldest is the one that no load has overtaken. */
    public void missed(Lookup miss) {
        misses.putIfAbsent(miss.key(), Optional.of(miss));
    }

    /** Nothing is known about the freshness of what will be loaded, so it must not be put. */
    public void forbidPut(String key) {
        misses.put(key, Optional.empty());
    }

    /** The miss of {@code key}; empty = it must not be put; null = it was not looked up. */
    public @Nullable Optional<Lookup> missOf(String key) {
        return misses.get(key);
    }
}

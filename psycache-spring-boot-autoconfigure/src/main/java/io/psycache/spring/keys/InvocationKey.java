package io.psycache.spring.keys;

import org.jspecify.annotations.Nullable;

/**
 * A cache key that carries the {@link Invocation} it belongs to through whatever decorates a cache. To a decorator it looks like
 * the key itself.
 */
public final class InvocationKey {
    private final Object key;
    private final Invocation invocation;

    public InvocationKey(Object key, Invocation invocation) {
        this.key = key;
        this.invocation = invocation;
    }

    public static Object keyOf(Object key) {
        return key instanceof InvocationKey carrier ? carrier.key : key;
    }

    /** The invocation that {@code key} carries; for a plain key one of its own, that ends with the call. */
    public static Invocation invocationOf(Object key) {
        return key instanceof InvocationKey carrier ? carrier.invocation : new Invocation(null, false);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof InvocationKey that && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return key.toString();
    }
}

package io.psycache.benchmarks;

import java.util.function.IntFunction;

/**
 * A kind of objects that are cached.
 *
 * @param label how tables name it
 * @param cache the name of its cache
 * @param of the object of a number
 */
record Kind<T extends Numbered>(String label, String cache, Class<T> type, IntFunction<T> of) {

    /** Each caller gets an object of its own, as a list may be changed. */
    static final Kind<Order> DECODED = new Kind<>("decoded", "orders", Order.class, Order::of);

    /** All callers get one object, as no part of it can be changed. */
    static final Kind<FixedOrder> SHARED = new Kind<>("shared", "fixed", FixedOrder.class, FixedOrder::of);

    static final Kind<Small> SMALL =
            new Kind<>("of 100 bytes", "numbers", Small.class, id -> new Small(id, "x".repeat(80)));

    String key(int id) {
        return cache + "::" + id;
    }
}

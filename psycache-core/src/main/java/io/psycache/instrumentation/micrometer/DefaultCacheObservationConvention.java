package io.psycache.instrumentation.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Observations {@code psycache.operations} of operations as their callers see them, without the load.
 *
 * <p>Key values of low cardinality, which are also tags of meters:
 *
 * <ul>
 *   <li>{@code psycache.operation}: {@code get}, {@code put}, {@code remove}, {@code flush} or {@code cleanup}
 *   <li>{@code psycache.name}: the span name, for a Spring cache its name; {@code none} for an operation without one
 *   <li>{@code psycache.outcome}: of a get {@code hit}, {@code miss}, or {@code partial} if some of its keys were found. Of a put
 *       {@code stored}, {@code fenced} if a value was refused because it had been loaded before a later invalidation, {@code skipped}
 *       if one is not stored whatever it is, or {@code none} if the background writer stores it later. Of other operations {@code none}
 * </ul>
 *
 * <p>Key values of high cardinality: {@code psycache.keys}, the keys separated by commas, absent for an operation without keys;
 * {@code psycache.bytes}, the size of the values found or stored; {@code psycache.removed}, the number of entries removed.
 */
public class DefaultCacheObservationConvention implements CacheObservationConvention {

    @Override
    public String getName() {
        return "psycache.operations";
    }

    @Override
    public String getContextualName(CacheObservationContext context) {
        String operation = "psycache " + context.getOperation();
        return context.getSpanName() == null ? operation : operation + " " + context.getSpanName();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(CacheObservationContext context) {
        String name = context.getSpanName();
        return KeyValues.of(
                KeyValue.of("psycache.operation", context.getOperation()),
                KeyValue.of("psycache.name", name == null || name.isEmpty() ? KeyValue.NONE_VALUE : name),
                KeyValue.of("psycache.outcome", outcome(context)));
    }

    private static String outcome(CacheObservationContext context) {
        if (context.getHits() > 0) {
            return context.getMisses() > 0 ? "partial" : "hit";
        }
        if (context.getMisses() > 0) {
            return "miss";
        }
        if (context.getFenced() > 0) {
            return "fenced";
        }
        if (context.getSkipped() > 0) {
            return "skipped";
        }
        return context.getStored() > 0 ? "stored" : KeyValue.NONE_VALUE;
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(CacheObservationContext context) {
        KeyValues described = KeyValues.of(
                KeyValue.of("psycache.bytes", Long.toString(context.getBytes())),
                KeyValue.of("psycache.removed", Long.toString(context.getRemoved())));
        return context.getKeys().isEmpty()
                ? described
                : described.and(KeyValue.of("psycache.keys", String.join(",", context.getKeys())));
    }
}

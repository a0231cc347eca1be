package io.psycache.instrumentation.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.psycache.instrumentation.micrometer.CacheObservationDocumentation.HighCardinality;
import io.psycache.instrumentation.micrometer.CacheObservationDocumentation.LowCardinality;

/** The convention that {@link CacheObservationDocumentation} documents. */
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
                LowCardinality.OPERATION.withValue(context.getOperation()),
                LowCardinality.NAME.withValue(name == null || name.isEmpty() ? KeyValue.NONE_VALUE : name),
                LowCardinality.OUTCOME.withValue(outcome(context)));
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
        return context.getStored() > 0 ? "stored" : KeyValue.NONE_VALUE;
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(CacheObservationContext context) {
        KeyValues described = KeyValues.of(
                HighCardinality.BYTES.withValue(Long.toString(context.getBytes())),
                HighCardinality.REMOVED.withValue(Long.toString(context.getRemoved())));
        return context.getKeys().isEmpty()
                ? described
                : described.and(HighCardinality.KEYS.withValue(String.join(",", context.getKeys())));
    }
}

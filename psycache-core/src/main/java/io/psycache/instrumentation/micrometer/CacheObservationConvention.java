package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** How operations of the cache are named and described as observations. A bean of this type replaces the default. */
public interface CacheObservationConvention extends ObservationConvention<CacheObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof CacheObservationContext;
    }
}

package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** Names and key values of the observations of the cache. A bean of this type replaces the default. */
public interface CacheObservationConvention extends ObservationConvention<CacheObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof CacheObservationContext;
    }
}

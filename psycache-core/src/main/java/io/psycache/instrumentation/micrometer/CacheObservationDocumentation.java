package io.psycache.instrumentation.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of the cache. */
public enum CacheObservationDocumentation implements ObservationDocumentation {

    /** One operation as its caller sees it, without the load. */
    OPERATION {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultCacheObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return LowCardinality.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return HighCardinality.values();
        }
    };

    /** Key names with few values, which are also tags of meters. */
    public enum LowCardinality implements KeyName {

        /** {@code get}, {@code put}, {@code remove}, {@code flush} or {@code cleanup}. */
        OPERATION("psycache.operation"),

        /** The span name, for a Spring cache its name; {@code none} for an operation without one. */
        NAME("psycache.name"),

        /**
         * Of a get {@code hit}, {@code miss}, or {@code partial} if some of its keys were found. Of a put {@code stored},
         * {@code fenced} if a value was refused because it had been loaded before a later invalidation, or {@code none} if the
         * background writer stores it later. Of other operations {@code none}.
         */
        OUTCOME("psycache.outcome");

        private final String key;

        LowCardinality(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** Key names with any number of values. */
    public enum HighCardinality implements KeyName {

        /** The keys, separated by commas; absent for an operation without keys. */
        KEYS("psycache.keys"),

        /** Size of the values found or stored, in bytes. */
        BYTES("psycache.bytes"),

        /** Number of entries removed, by keys, by a flush or by the cleanup. */
        REMOVED("psycache.removed");

        private final String key;

        HighCardinality(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}

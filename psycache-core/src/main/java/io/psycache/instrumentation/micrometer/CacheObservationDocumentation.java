package io.psycache.instrumentation.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of the cache. */
public enum CacheObservationDocumentation implements ObservationDocumentation {

    /** One operation, as its caller sees it; a load is not part of it. */
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

    /** Key names with few values, which are tags of meters too. */
    public enum LowCardinality implements KeyName {

        /** {@code get}, {@code put}, {@code remove}, {@code flush} or {@code cleanup}. */
        OPERATION("psycache.operation"),

        /** The span name, which of a Spring cache is its name; {@code none} where there is none. */
        NAME("psycache.name"),

        /**
         * Of a get {@code hit}, {@code miss}, or {@code partial} where some keys of several were found. Of a put {@code stored},
         * {@code fenced} where a value was refused because it had been invalidated since it was loaded, or {@code none} where
         * it is stored after the commit. Else {@code none}.
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

        /** The keys, with commas between; absent where the operation has none. */
        KEYS("psycache.keys"),

        /** Size of the values found or stored, in bytes. */
        BYTES("psycache.bytes"),

        /** Entries that were removed, by keys, by a flush or by the cleanup. */
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

package io.psycache.spring;

import io.psycache.PostgresCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.util.Assert;

/**
 * Cache manager whose caches are regions of a {@link PostgresCache}. Thread-safe.
 *
 * <p>{@link Cache#getNativeCache()} of its caches is the {@link io.psycache.CacheRegion}. The declared return types of cached
 * methods reach them through {@link DeclaredTypeCacheConfigurer}.
 */
public final class PostgresCacheManager implements CacheManager, AutoCloseable {

    private PostgresCacheManager(Builder settings) {}

    /** Builder of a manager over {@code cache}, which stays the caller's to close. */
    public static Builder builder(PostgresCache cache) {
        return new Builder(cache);
    }

    @Override
    public @Nullable Cache getCache(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Collection<String> getCacheNames() {
        throw new UnsupportedOperationException();
    }

    /** Clears every cache, and forgets those that were made on demand. */
    public void resetCaches() {
        throw new UnsupportedOperationException();
    }

    /** What the operations of a cache came to; null where there is no such cache yet. It does not make one on demand. */
    public @Nullable PostgresCacheStatistics getStatistics(String cacheName) {
        throw new UnsupportedOperationException();
    }

    /** Stops the threads of this manager; the {@link PostgresCache} and a given executor stay open. */
    @Override
    public void close() {}

    /** Settings of a manager; every one has a default. */
    public static final class Builder {
        final PostgresCache cache;
        final Map<String, PostgresCacheConfiguration> declared = new LinkedHashMap<>();
        final List<String> trustedPackages = new ArrayList<>();
        PostgresCacheConfiguration defaults = PostgresCacheConfiguration.defaults();
        boolean dynamic = true;

        @Nullable Executor asyncExecutor;

        private Builder(PostgresCache cache) {
            Assert.notNull(cache, "cache must not be null");
            this.cache = cache;
        }

        /** The settings of caches made on demand. */
        public Builder defaults(PostgresCacheConfiguration defaults) {
            Assert.notNull(defaults, "defaults must not be null");
            this.defaults = defaults;
            return this;
        }

        /** Declares a cache, which is there from the start. */
        public Builder cache(String name, PostgresCacheConfiguration configuration) {
            Assert.hasText(name, "name must not be empty");
            Assert.notNull(configuration, "configuration must not be null");
            declared.put(name, configuration);
            return this;
        }

        /** Whether a cache that is not declared is made when it is asked for (the default), or is an unknown one. */
        public Builder dynamic(boolean dynamic) {
            this.dynamic = dynamic;
            return this;
        }

        /**
         * Packages, with those below, whose classes a stored type name may name where the declared type does not say the class:
         * {@code Object}, an interface, or access without a cached method. Declared types and JDK value types need no trust.
         */
        public Builder trustedPackages(Collection<String> packages) {
            Assert.notNull(packages, "packages must not be null");
            trustedPackages.addAll(packages);
            return this;
        }

        /** Where asynchronous methods ({@code Mono}, {@code Flux}, {@code CompletableFuture}) reach the database; daemon threads of the manager by default. */
        public Builder asyncExecutor(Executor asyncExecutor) {
            Assert.notNull(asyncExecutor, "asyncExecutor must not be null");
            this.asyncExecutor = asyncExecutor;
            return this;
        }

        /** The manager. It does not touch the database. */
        public PostgresCacheManager build() {
            return new PostgresCacheManager(this);
        }
    }
}

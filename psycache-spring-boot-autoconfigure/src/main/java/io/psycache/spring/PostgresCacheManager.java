package io.psycache.spring;

import io.psycache.CacheRegion;
import io.psycache.PostgresCache;
import io.psycache.internal.Arguments;
import io.psycache.spring.types.TypeNames;
import io.psycache.spring.types.ValueTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Cache manager whose caches are regions of a {@link PostgresCache}. Thread-safe.
 *
 * <p>{@link Cache#getNativeCache()} of its caches is the {@link io.psycache.CacheRegion}. The declared return types of cached
 * methods reach them through {@link io.psycache.spring.advice.DeclaredTypeCacheConfigurer}.
 */
public final class PostgresCacheManager implements CacheManager {

    private static final Log LOG = LogFactory.getLog(PostgresCacheManager.class);

    private final PostgresCache cache;
    private final PostgresCacheConfiguration defaults;
    private final Map<String, PostgresCacheConfiguration> declared;
    private final boolean dynamic;
    private final ValueTypes types;
    private final Map<String, RegionCache> caches = new ConcurrentHashMap<>();
    private final List<Consumer<? super Cache>> listeners = new CopyOnWriteArrayList<>();

    private PostgresCacheManager(Builder settings) {
        this.cache = settings.cache;
        this.defaults = settings.defaults;
        this.declared = Map.copyOf(settings.declared);
        this.dynamic = settings.dynamic;
        this.types = new ValueTypes(new TypeNames(settings.trustedPackages, settings.beanClassLoader));
        settings.declared.keySet().forEach(this::getCache);
    }

    /** Builder of a manager over {@code cache}, which stays the caller's to close. */
    public static Builder builder(PostgresCache cache) {
        return new Builder(cache);
    }

    @Override
    public @Nullable Cache getCache(String name) {
        RegionCache known = caches.get(name);
        if (known != null || !(dynamic || declared.containsKey(name))) {
            return known;
        }
        Assert.hasText(name, "the name of a cache must not be empty");
        RegionCache found = caches.computeIfAbsent(name, this::newCache);
        listeners.forEach(listener -> tell(listener, found));
        return found;
    }

    /**
     * Tells {@code listener} every cache: those there are at once, and others when they are made. Of threads that ask for a new
     * one at the same time each may tell it. An exception of the listener is logged.
     */
    public void onCache(Consumer<? super Cache> listener) {
        listeners.add(Arguments.notNull(listener, "listener"));
        caches.values().forEach(cache -> tell(listener, cache));
    }

    private static void tell(Consumer<? super Cache> listener, Cache cache) {
        try {
            listener.accept(cache);
        } catch (RuntimeException | LinkageError e) { // an observer never breaks a cache call
            LOG.warn("A listener failed when it was told cache '" + cache.getName() + "': " + e, e);
        }
    }

    private RegionCache newCache(String name) {
        PostgresCacheConfiguration configuration = declared.getOrDefault(name, defaults);
        CacheRegion region = cache.region(configuration.stored(name)).withOptions(configuration.options());
        CacheOutcomes outcomes = new CacheOutcomes(name, configuration.failurePolicy(), LOG);
        return new RegionCache(name, region, configuration, types, outcomes);
    }

    @Override
    public Collection<String> getCacheNames() {
        return List.copyOf(new TreeSet<>(caches.keySet()));
    }

    /** Clears every cache, and forgets those that were made on demand. */
    // overrides a method of Framework 7, which 6.2 does not have
    public void resetCaches() {
        caches.values().forEach(Cache::clear);
        caches.keySet().retainAll(declared.keySet());
    }

    /** The settings of a cache; null where there is no such cache yet. It does not make one on demand. */
    public @Nullable PostgresCacheConfiguration getConfiguration(String cacheName) {
        return caches.containsKey(cacheName) ? declared.getOrDefault(cacheName, defaults) : null;
    }

    /** The results of the operations of a cache; null where there is no such cache yet. It does not make one on demand. */
    public @Nullable PostgresCacheStatistics getStatistics(String cacheName) {
        RegionCache known = caches.get(cacheName);
        return known == null ? null : known.statistics();
    }

    /** Settings of a manager; every one has a default. */
    public static final class Builder {
        final PostgresCache cache;
        final Map<String, PostgresCacheConfiguration> declared = new LinkedHashMap<>();
        final List<String> trustedPackages = new ArrayList<>();
        PostgresCacheConfiguration defaults = PostgresCacheConfiguration.defaults();
        boolean dynamic = true;

        @Nullable ClassLoader beanClassLoader = ClassUtils.getDefaultClassLoader();

        private Builder(PostgresCache cache) {
            this.cache = Arguments.notNull(cache, "cache");
        }

        /** The settings of caches made on demand. */
        public Builder defaults(PostgresCacheConfiguration defaults) {
            this.defaults = Arguments.notNull(defaults, "defaults");
            return this;
        }

        /** Declares a cache, which is there from the start. */
        public Builder cache(String name, PostgresCacheConfiguration configuration) {
            Assert.hasText(name, "name must not be empty");
            declared.put(name, Arguments.notNull(configuration, "configuration"));
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
            trustedPackages.addAll(Arguments.notNull(packages, "packages"));
            return this;
        }

        /** Where classes are found that stored type names name; by default Spring's default class loader. */
        public Builder beanClassLoader(ClassLoader beanClassLoader) {
            this.beanClassLoader = Arguments.notNull(beanClassLoader, "beanClassLoader");
            return this;
        }

        /** The manager. It does not touch the database. */
        public PostgresCacheManager build() {
            return new PostgresCacheManager(this);
        }
    }
}

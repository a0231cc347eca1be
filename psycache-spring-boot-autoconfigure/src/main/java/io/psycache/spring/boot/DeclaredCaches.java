package io.psycache.spring.boot;

import io.psycache.spring.PostgresCacheConfiguration;
import io.psycache.spring.PostgresCacheManager;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The caches that configuration declares, in {@code psycache.caches.*} and {@code spring.cache.cache-names}, with their
 * settings. The latter, where it is set, is the whole list: no other caches are made on demand, as with Boot's own caches.
 */
record DeclaredCaches(PsycacheProperties properties, Environment environment) {

    void applyTo(PostgresCacheManager.Builder builder) {
        List<String> names = cacheNames();
        PostgresCacheConfiguration defaults = defaults();
        builder.defaults(defaults).dynamic(names.isEmpty());
        names.forEach(name -> builder.cache(name, defaults));
        for (Map.Entry<String, PsycacheProperties.Cache> cache :
                properties.getCaches().entrySet()) {
            builder.cache(cache.getKey(), configuration(defaults, cache.getValue()));
        }
    }

    private List<String> cacheNames() {
        return Binder.get(environment)
                .bind("spring.cache.cache-names", Bindable.listOf(String.class))
                .orElse(List.of());
    }

    private PostgresCacheConfiguration defaults() {
        return PostgresCacheConfiguration.defaults()
                .entryTtl(properties.getDefaultTtl().duration())
                .ttlJitter(properties.getTtlJitter())
                .keyPrefix(properties.getKeyPrefix())
                .cacheNullValues(properties.isCacheNullValues())
                .failurePolicy(properties.getFailurePolicy());
    }

    private PostgresCacheConfiguration configuration(
            PostgresCacheConfiguration defaults, PsycacheProperties.Cache own) {
        TimeToLive ttl = own.ttl();
        return defaults.entryTtl(ttl != null ? ttl.duration() : defaults.entryTtl())
                .ttlJitter(or(own.ttlJitter(), defaults.ttlJitter()))
                .keyPrefix(or(own.keyPrefix(), defaults.keyPrefix()))
                .cacheNullValues(or(own.cacheNullValues(), defaults.cacheNullValues()))
                .failurePolicy(or(own.failurePolicy(), defaults.failurePolicy()))
                .options(own.options());
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value != null ? value : otherwise;
    }
}

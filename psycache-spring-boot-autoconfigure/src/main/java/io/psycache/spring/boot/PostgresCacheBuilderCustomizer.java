package io.psycache.spring.boot;

import io.psycache.PostgresCache;

/** Callback for beans that change the auto-configured {@link PostgresCache} before it is built, after the properties. */
@FunctionalInterface
public interface PostgresCacheBuilderCustomizer {

    void customize(PostgresCache.Builder builder);
}

package io.psycache.spring.boot;

import io.psycache.spring.PostgresCacheManager;

/**
 * Callback for beans that change the auto-configured {@link PostgresCacheManager} before it is built, after the properties: for
 * instance a codec or key converters of one cache.
 */
@FunctionalInterface
public interface PostgresCacheManagerBuilderCustomizer {

    void customize(PostgresCacheManager.Builder builder);
}

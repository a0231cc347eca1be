package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import io.psycache.instrumentation.sentry.SentryInstrumentation;
import io.sentry.Sentry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of spans for Sentry, where its SDK is on the class path, however that is set up.
 *
 * <p>Not where Sentry traces Spring caches itself: every operation would have two spans.
 */
@AutoConfiguration(after = PsycacheAutoConfiguration.class)
@ConditionalOnClass(Sentry.class)
@ConditionalOnBooleanProperty(
        name = {"psycache.enabled", "psycache.sentry.enabled"},
        matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "sentry.enable-cache-tracing", havingValue = false, matchIfMissing = true)
@ConditionalOnBean(PostgresCache.class)
public final class PsycacheSentryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    SentryInstrumentation psycacheSentryInstrumentation() {
        return new SentryInstrumentation();
    }
}

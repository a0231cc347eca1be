package io.psycache.spring.boot.instrumentation;

import io.psycache.instrumentation.sentry.SentryInstrumentation;
import io.sentry.Sentry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Spans for Sentry, where its SDK is on the class path, however that is set up.
 *
 * <p>Not where Sentry traces Spring caches itself: every operation would have two spans.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(Sentry.class)
@ConditionalOnBooleanProperty(name = "psycache.sentry.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "sentry.enable-cache-tracing", havingValue = false, matchIfMissing = true)
public final class SentryConfiguration {

    @Bean
    @ConditionalOnMissingBean(SentryInstrumentation.class)
    SentryInstrumentation psycacheSentryInstrumentation() {
        return new SentryInstrumentation();
    }
}

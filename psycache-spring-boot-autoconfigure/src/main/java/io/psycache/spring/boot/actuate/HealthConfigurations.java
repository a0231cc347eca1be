package io.psycache.spring.boot.actuate;

import io.psycache.PostgresCache;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health contributor {@code psycache}. Health has one package in Spring Boot 3, and another in 4. */
public final class HealthConfigurations {

    private HealthConfigurations() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.springframework.boot.actuate.health.HealthIndicator",
                "org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator"
            })
    @org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator("psycache")
    public static class Boot3 {

        @Bean
        @ConditionalOnMissingBean(name = {"psycacheHealthIndicator", "psycacheHealthContributor"})
        org.springframework.boot.actuate.health.HealthIndicator psycacheHealthContributor(PostgresCache cache) {
            return () -> {
                HealthCheck check = HealthCheck.of(cache.inspection());
                return org.springframework.boot.actuate.health.Health.status(check.status())
                        .withDetails(check.details())
                        .build();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.springframework.boot.health.contributor.HealthIndicator",
                "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator"
            })
    @org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator("psycache")
    public static class Boot4 {

        @Bean
        @ConditionalOnMissingBean(name = {"psycacheHealthIndicator", "psycacheHealthContributor"})
        org.springframework.boot.health.contributor.HealthIndicator psycacheHealthContributor(PostgresCache cache) {
            return () -> {
                HealthCheck check = HealthCheck.of(cache.inspection());
                return org.springframework.boot.health.contributor.Health.status(check.status())
                        .withDetails(check.details())
                        .build();
            };
        }
    }
}

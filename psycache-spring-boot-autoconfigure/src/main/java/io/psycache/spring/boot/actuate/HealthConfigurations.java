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
            HealthCheck check = new HealthCheck(cache.inspection());
            return () -> {
                String problem = check.problem();
                org.springframework.boot.actuate.health.Health.Builder health = problem == null
                        ? org.springframework.boot.actuate.health.Health.up()
                        : org.springframework.boot.actuate.health.Health.down().withDetail("reason", problem);
                return health.withDetail("table", check.table()).build();
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
            HealthCheck check = new HealthCheck(cache.inspection());
            return () -> {
                String problem = check.problem();
                org.springframework.boot.health.contributor.Health.Builder health = problem == null
                        ? org.springframework.boot.health.contributor.Health.up()
                        : org.springframework.boot.health.contributor.Health.down()
                                .withDetail("reason", problem);
                return health.withDetail("table", check.table()).build();
            };
        }
    }
}

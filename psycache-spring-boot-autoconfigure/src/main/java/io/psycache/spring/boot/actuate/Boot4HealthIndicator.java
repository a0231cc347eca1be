package io.psycache.spring.boot.actuate;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** The health of the cache for Spring Boot 4. */
final class Boot4HealthIndicator implements HealthIndicator {
    private final HealthCheck check;

    Boot4HealthIndicator(HealthCheck check) {
        this.check = check;
    }

    @Override
    public Health health() {
        String problem = check.problem();
        Health.Builder health = problem == null ? Health.up() : Health.down().withDetail("reason", problem);
        return health.withDetail("table", check.table()).build();
    }
}

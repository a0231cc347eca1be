package io.psycache.spring.boot.actuate;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/** The health of the cache for Spring Boot 3. */
final class Boot3HealthIndicator implements HealthIndicator {
    private final HealthCheck check;

    Boot3HealthIndicator(HealthCheck check) {
        this.check = check;
    }

    @Override
    public Health health() {
        String problem = check.problem();
        Health.Builder health = problem == null ? Health.up() : Health.down().withDetail("reason", problem);
        return health.withDetail("table", check.table()).build();
    }
}

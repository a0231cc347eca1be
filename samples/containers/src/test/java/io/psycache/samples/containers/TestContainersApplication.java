package io.psycache.samples.containers;

import org.springframework.boot.SpringApplication;

/** The application with the container of the tests: for development without Docker Compose. */
class TestContainersApplication {

    private TestContainersApplication() {}

    public static void main(String[] args) {
        SpringApplication.from(ContainersApplication::main)
                .with(PostgresContainerConfiguration.class)
                .run(args);
    }
}

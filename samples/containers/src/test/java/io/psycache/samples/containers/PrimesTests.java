package io.psycache.samples.containers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.testcontainers.junit.jupiter.Testcontainers;

/** Skipped where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
@SpringBootTest
@Import(PostgresContainerConfiguration.class)
class PrimesTests {

    @Test
    void answerIsInTheContainersTable(@Autowired Primes primes, @Autowired JdbcClient jdbc) {
        assertThat(primes.below(100)).isEqualTo(25);

        assertThat(jdbc.sql("select value::int from psycache where key like 'primes%100'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(25);
    }
}

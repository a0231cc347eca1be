package io.psycache.samples.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The application itself, on a PostgreSQL that needs no container. */
@ExtendWith(OutputCaptureExtension.class)
class ContainersApplicationTests {

    @Test
    void secondCallFindsTheAnswerInTheTable(CapturedOutput output) {
        try (TestDatabase database = TestDatabase.create()) {
            SpringApplication.run(
                            ContainersApplication.class,
                            "--spring.docker.compose.enabled=false",
                            "--spring.datasource.url=" + database.jdbcUrl())
                    .close();

            assertThat(output).contains("First call: 1,270,607 primes").contains("Second call: 1,270,607 primes");
            assertThat(database.queryForString("select value from psycache")).isEqualTo("1270607");
        }
    }
}

package io.psycache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.psycache.testsupport.Architecture;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTests {

    private static final String FIXTURE = "io.psycache.cli.archfixture";

    @Test
    void theProductionKeepsEveryRule() {
        JavaClasses production = Architecture.production();
        assertThat(production.contain(Main.class)).isTrue();
        new Architecture("io.psycache").rules().values().forEach(rule -> rule.check(production));
    }

    @ParameterizedTest
    @CsvSource({
        "packages use only those below them, CommandThatUsesTheStore",
        "only the store knows JDBC, CommandThatKnowsJdbc"
    })
    void aRuleFailsWhereItsLineIsCrossed(String name, String crossing) {
        ArchRule rule = Objects.requireNonNull(new Architecture(FIXTURE).rules().get(name), name);
        assertThatThrownBy(() -> rule.check(new ClassFileImporter().importPackages(FIXTURE)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(crossing);
    }
}

package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.psycache.testkit.Architecture;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTests {

    private static final String FIXTURE = "io.psycache.archfixture";
    private static final JavaClasses FIXTURE_CLASSES = new ClassFileImporter().importPackages(FIXTURE);

    @Test
    void theProductionKeepsEveryRule() {
        JavaClasses production = Architecture.production();
        assertThat(production.contain(PostgresCache.class)).isTrue();
        assertThat(production.contain(ArchitectureTests.class)).isFalse();
        new Architecture("io.psycache").rules().values().forEach(rule -> rule.check(production));
    }

    @ParameterizedTest
    @CsvSource({
        "packages use only those below them, codec.CodecThatUsesTheStore",
        "packages use only those below them, internal.store.StoreThatUsesTheApi",
        "packages use only those below them, internal.lane.LaneThatUsesInstrumentation",
        "packages use only those below them, instrumentation.SpanThatUsesTheApi",
        "packages use only those below them, internal.store.maintenance.MaintenanceThatUsesTheApi",
        "there are no cycles, cyclic.a",
        "only the starter knows Spring Boot, ApiThatKnowsBoot",
        "only the store knows JDBC, ApiThatKnowsJdbc",
        "only the store knows JDBC, ApiThatUsesJdbcTemplate",
        "only the store contains SQL, ApiWithSql",
        "nothing writes to the console, ApiThatPrints",
        "logs go to Commons Logging, ApiThatLogsItsOwnWay",
        "nothing is injected into fields, ApiThatIsInjected",
        "every package is null-marked, ApiThatPrints"
    })
    void aRuleFailsWhereItsLineIsCrossed(String name, String crossing) {
        ArchRule rule = Objects.requireNonNull(new Architecture(FIXTURE).rules().get(name), name);
        assertThatThrownBy(() -> rule.check(FIXTURE_CLASSES))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(crossing);
    }

    @Test
    void whatIsAllowedIsNotReported() {
        Map<String, ArchRule> rules = new Architecture(FIXTURE).rules();
        String reports = rules.entrySet().stream()
                .filter(rule -> !rule.getKey().equals("every package is null-marked"))
                .map(rule -> rule.getValue()
                        .evaluate(FIXTURE_CLASSES)
                        .getFailureReport()
                        .toString())
                .collect(Collectors.joining("\n"));
        assertThat(reports).doesNotContain("ApiThatOnlyNamesTheDataSource").doesNotContain("contains SQL: select");
    }

    @Test
    void everyRuleIsShownToFail() {
        new Architecture(FIXTURE)
                .rules()
                .forEach((name, rule) -> assertThat(
                                rule.evaluate(FIXTURE_CLASSES).hasViolation())
                        .as(name)
                        .isTrue());
    }
}

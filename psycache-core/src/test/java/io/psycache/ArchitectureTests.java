package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.psycache.testsupport.Architecture;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
        "packages use only those below them, internal.lane.LaneThatUsesTheStore",
        "packages use only those below them, instrumentation.SpanThatUsesTheApi",
        "packages use only those below them, internal.store.maintenance.MaintenanceThatUsesTheApi",
        "there are no cycles, cyclic.a",
        "nothing internal names an entry point, EngineThatNamesItsBuilder",
        "only the starter knows Spring Boot, ApiThatKnowsBoot",
        "only the store knows JDBC, ApiThatKnowsJdbc",
        "only the store knows JDBC, ApiThatUsesJdbcTemplate",
        "only the store contains SQL, ApiWithSql",
        "nothing writes to the console, ApiThatPrints",
        "logs go to Commons Logging, ApiThatLogsItsOwnWay",
        "nothing is injected into fields, ApiThatIsInjected",
        "every package is null-marked, ApiThatPrints",
        "only Backends asks for the transaction, BackendThatAsks",
        "only Backends asks for the transaction, StoreThatAsks",
        "only backends and store take part in the transaction, ApiThatTakesPart",
        "the root package is small, archfixture has 16 types",
        "the root package is public, ApiThatPrints",
        "packages are small, crowded has 26 types",
        "there are no cycles of files, cyclic.files.Egg"
    })
    void aRuleFailsWhereItsLineIsCrossed(String name, String crossing) {
        ArchRule rule = Objects.requireNonNull(fixtureRules().get(name), name);
        assertThatThrownBy(() -> rule.check(FIXTURE_CLASSES))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(crossing);
    }

    private static Map<String, ArchRule> fixtureRules() {
        return new Architecture(FIXTURE).rules();
    }

    @Test
    void whatIsAllowedIsNotReported() {
        Map<String, ArchRule> rules = new Architecture(FIXTURE).rules();
        String reports = rules.entrySet().stream()
                .filter(rule -> !Set.of(
                                "every package is null-marked",
                                "the root package is public",
                                "the root package is small")
                        .contains(rule.getKey()))
                .map(rule -> rule.getValue()
                        .evaluate(FIXTURE_CLASSES)
                        .getFailureReport()
                        .toString())
                .collect(Collectors.joining("\n"));
        assertThat(reports).doesNotContain("ApiThatOnlyNamesTheDataSource").doesNotContain("contains SQL: select");
    }

    @ParameterizedTest
    @CsvSource({
        "there are no cycles, archfixture.internal.engine",
        "there are no cycles of files, archfixture.internal.engine",
        "nothing internal names an entry point, engine.Engine.<init>",
        "only Backends asks for the transaction, backend.Backends.",
        "only Backends asks for the transaction, BackendThatTakesPart",
        "only Backends asks for the transaction, StoreThatTakesPart",
        "only backends and store take part in the transaction, BackendThatTakesPart",
        "only backends and store take part in the transaction, StoreThatTakesPart",
        "the root package is public, PsycacheSchema",
        "packages are small, archfixture has"
    })
    void aRuleDoesNotReportWhatItAllows(String name, String allowed) {
        ArchRule rule = Objects.requireNonNull(fixtureRules().get(name), name);
        assertThat(rule.evaluate(FIXTURE_CLASSES).getFailureReport().toString()).doesNotContain(allowed);
    }

    @Test
    void everyRuleIsShownToFail() {
        fixtureRules()
                .forEach((name, rule) -> assertThat(
                                rule.evaluate(FIXTURE_CLASSES).hasViolation())
                        .as(name)
                        .isTrue());
    }
}

package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.spring.boot.diagnostics.StartException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.SpringFactoriesLoader;

class RemovedPropertiesTests {
    private static final Origin FILE =
            new TextResourceOrigin(new ClassPathResource("application.yaml"), new TextResourceOrigin.Location(2, 14));

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PsycacheAutoConfiguration.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "psycache.write-mode",
                "psycache.transaction.get",
                "psycache.transaction.put",
                "psycache.caches.users.write-mode",
                "psycache.caches[a.b].transaction.get",
                "psycache.caches.users.transaction.put"
            })
    void aRemovedPropertyStopsTheStart(String property) {
        assertThat(failure(runner.withPropertyValues(property + "=x")))
                .hasMessageContaining(" Property: " + property + System.lineSeparator());
    }

    @Test
    void soItIsInEveryFormThatWasRead() {
        assertThat(failure(runner.withPropertyValues("psycache.writeMode=async")))
                .hasMessageContaining(" Property: psycache.write-mode" + System.lineSeparator());
        assertThat(failure(environment("PSYCACHE_TRANSACTION_GET")))
                .hasMessageContaining(" Property: psycache.transaction.get" + System.lineSeparator());
        assertThat(failure(environment("PSYCACHE_CACHES_USERS_WRITEMODE")))
                .hasMessageContaining(" Property: psycache.caches.users.write-mode" + System.lineSeparator());
        assertThat(failure(environment("PSYCACHE_CACHES_USERS_WRITE_MODE")))
                .hasMessageContaining(" Property: psycache.caches.users.write-mode" + System.lineSeparator());
    }

    private ApplicationContextRunner environment(String variable) {
        return runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, "x"))));
    }

    @Test
    void theReportNamesPropertyValueOriginAndWhatToDoInstead() {
        StartException failure = failure(runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new OriginTrackedMapPropertySource(
                        "file",
                        Map.of(
                                "psycache.write-mode",
                                OriginTrackedValue.of("async", FILE),
                                "psycache.transaction.put",
                                "skip")))));

        FailureAnalysis report = analysis(failure);
        assertThat(report.getDescription())
                .contains("Property: psycache.write-mode", "Value: \"async\"", "[application.yaml] - 3:15")
                .contains("Property: psycache.transaction.put", "Value: \"skip\"", "Origin: ");
        assertThat(report.getAction())
                .contains("psycache.write-mode: Remove it. Loaded values are always stored behind their caller")
                .contains(
                        "psycache.transaction.put: Remove it. A put in a transaction is always stored after the commit");
    }

    @Test
    void otherPropertiesOfTheSameGroupsAreNot() {
        runner.withPropertyValues(
                        "psycache.transaction.serializable=join",
                        "psycache.caches.users.transaction.serializable=join",
                        "psycache.caches.write-mode.ttl=1m")
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static StartException failure(ApplicationContextRunner runner) {
        StartException[] failure = new StartException[1];
        runner.run(context -> {
            Throwable root =
                    NestedExceptionUtils.getMostSpecificCause(Objects.requireNonNull(context.getStartupFailure()));
            assertThat(root).isInstanceOf(StartException.class);
            failure[0] = (StartException) root;
        });
        return failure[0];
    }

    private static FailureAnalysis analysis(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, e) -> {}))
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }
}

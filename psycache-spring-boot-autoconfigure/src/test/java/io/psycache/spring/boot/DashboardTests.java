package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.testsupport.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboard asks for series that an application has, by labels that they have. */
class DashboardTests {
    private static final Pattern SELECTOR = Pattern.compile("([a-z_]+)\\{([^}]*)}");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{([a-z_]+)}}");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\(([a-z_]+)(?:\\{[^}]*})?, ([a-z_]+)\\)");
    private static final Pattern SERIES = Pattern.compile("^([a-z_]+)(?:\\{(.*)})? \\S+$");

    private final JsonNode dashboard = read();

    private static JsonNode read() {
        try {
            return new ObjectMapper().readTree(new File("../docs/grafana/psycache.json"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> groups(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(found -> found.group(group)).toList();
    }

    private List<JsonNode> targets() {
        return dashboard.path("panels").findValues("targets").stream()
                .flatMap(targets ->
                        Stream.iterate(0, i -> i < targets.size(), i -> i + 1).map(targets::get))
                .toList();
    }

    private List<String> expressions() {
        return targets().stream().map(target -> target.path("expr").asText()).toList();
    }

    private List<String> variableQueries() {
        return dashboard.path("templating").findValues("definition").stream()
                .map(JsonNode::asText)
                .toList();
    }

    /** The labels of each name of a scrape after a workload. */
    private static Map<String, Set<String>> scrape() {
        try (TestDatabase database = TestDatabase.create();
                ActuatorApplication application =
                        ActuatorApplication.start(database, "management.metrics.tags.application=shop")) {
            Workload.run(application);
            Map<String, Set<String>> labels = new HashMap<>();
            application.get("prometheus").lines().forEach(line -> {
                for (MatchResult series : SERIES.matcher(line).results().toList()) {
                    Set<String> own = labels.computeIfAbsent(series.group(1), name -> new HashSet<>());
                    own.addAll(groups(LABEL, String.valueOf(series.group(2)), 1));
                }
            });
            return labels;
        }
    }

    @Test
    void everyQueryAsksForSeriesAndLabelsOfTheScrape() {
        Map<String, Set<String>> scrape = scrape();
        for (JsonNode target : targets()) {
            String expression = target.path("expr").asText();
            List<MatchResult> selectors = SELECTOR.matcher(expression).results().toList();
            assertThat(selectors).as(expression).isNotEmpty();
            for (MatchResult selector : selectors) {
                assertThat(scrape).as(expression).containsKey(selector.group(1));
                Set<String> labels = scrape.get(selector.group(1));
                assertThat(labels).as(expression).containsAll(groups(LABEL, selector.group(2), 1));
                groups(GROUPING, expression, 1)
                        .forEach(names -> assertThat(labels).as(expression).containsAll(List.of(names.split(",\\s*"))));
                assertThat(labels)
                        .as(expression)
                        .containsAll(groups(LEGEND, target.path("legendFormat").asText(), 1));
            }
        }
    }

    @Test
    void everyVariableIsThereAndAsksForSeriesAndLabelsOfTheScrape() {
        Map<String, Set<String>> scrape = scrape();
        List<String> names = dashboard.path("templating").findValuesAsText("name");
        assertThat(names).containsExactly("datasource", "application", "span_name", "cache");
        assertThat(variableQueries()).hasSize(names.size() - 1).allSatisfy(query -> {
            MatchResult found =
                    LABEL_VALUES.matcher(query).results().findFirst().orElseThrow();
            assertThat(scrape).containsKey(found.group(1));
            assertThat(scrape.get(found.group(1))).contains(found.group(2));
        });
        Set<String> used = Stream.concat(expressions().stream(), variableQueries().stream())
                .flatMap(text ->
                        groups(Pattern.compile("\\$([a-z_]+)"), text.replace("$__rate_interval", ""), 1).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).containsExactly("application", "cache", "span_name");
    }

    @Test
    void everyMeterOfPsycacheIsOnIt() {
        Set<String> shown = expressions().stream()
                .flatMap(expression -> groups(SELECTOR, expression, 1).stream())
                .map(DashboardTests::family)
                .collect(Collectors.toSet());
        Set<String> families = scrape().keySet().stream()
                .filter(name -> name.startsWith("psycache_") && !name.startsWith("psycache_operations_"))
                .map(DashboardTests::family)
                .collect(Collectors.toSet());
        assertThat(families).hasSizeGreaterThan(15);
        assertThat(shown).containsAll(families);
    }

    private static String family(String series) {
        return series.replaceAll("_(bucket|count|sum|max)$", "");
    }

    @Test
    void itCanBeImportedAnywhere() {
        assertThat(dashboard.path("uid").asText()).isEqualTo("psycache");
        assertThat(dashboard.has("id")).isFalse();
        assertThat(dashboard.findValues("datasource").stream()
                        .map(source -> source.path("uid").asText()))
                .containsOnly("${datasource}");
        assertThat(dashboard.path("panels").findValues("id").stream().map(JsonNode::asInt))
                .doesNotHaveDuplicates();
    }
}

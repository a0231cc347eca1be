package io.psycache.documentation;

import com.fasterxml.jackson.databind.JsonNode;
import io.psycache.spring.boot.PsycacheProperties;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.util.ClassUtils;

/** The page of all properties, from the configuration metadata of the auto-configuration. */
final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            This page has every property. The build writes it from the metadata that editors show too, so fix a wrong sentence at the property. What can't
            be a property, such as a codec, you [set in code](annotations.md#settings-per-cache).

            ```yaml
            psycache:
              default-ttl: 10m
              caches:
                users:
                  ttl: 1h
                rates:
                  ttl: never
            ```

            Write durations as `500ms`, `10s`, `5m`, `1h`, `1d` or `PT90S`, and sizes as `512KB`, `64MB` or `1GB`. You can also set every property in the
            environment, as always with Spring Boot: `PSYCACHE_TIMEOUT=1s`. A value that breaks a rule stops the start, with a message that names property, value and rule.
            """;
    private static final String TABLE = """
            | property | type | default | |
            |---|---|---|---|
            """;
    private static final Map<String, String> TYPES = Map.of(
            "java.lang.Boolean", "boolean",
            "java.lang.Integer", "integer",
            "java.lang.Double", "number",
            "java.lang.String", "text",
            "java.time.Duration", "duration",
            "org.springframework.util.unit.DataSize", "size",
            "io.psycache.spring.boot.TimeToLive", "duration or `never`");
    private static final List<String> OBSERVING = List.of("metrics", "observations", "sentry", "endpoint");
    private static final String CACHES = "psycache.caches";

    private ConfigurationPage() {}

    static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        groups().forEach((title, properties) -> page.append("\n## ")
                .append(title)
                .append("\n\n")
                .append(TABLE)
                .append(properties.stream().map(ConfigurationPage::row).collect(Collectors.joining())));
        page.append("\n## One cache\n\nProperties that you leave out are as for all caches.\n\n");
        page.append("| property | type | default |\n|---|---|---|\n");
        cacheRows(CACHES + ".<name>.", PsycacheProperties.Cache.class).forEach(page::append);
        return page.toString();
    }

    private static Map<String, List<JsonNode>> groups() {
        return PropertyMetadata.PROPERTIES.values().stream()
                .filter(ConfigurationPage::isShown)
                .collect(Collectors.groupingBy(ConfigurationPage::title, TreeMap::new, Collectors.toList()));
    }

    private static boolean isShown(JsonNode property) {
        String name = name(property);
        return name.matches("(psycache|management\\..*psycache)\\..*")
                && !name.equals(CACHES)
                && !property.has("deprecation");
    }

    private static String title(JsonNode property) {
        String[] parts = name(property).split("\\.");
        if (parts[0].equals("psycache") && parts.length == 2) {
            return "All caches";
        }
        boolean observing = parts[0].equals("management") || OBSERVING.contains(parts[1]);
        return observing ? "Meters, traces, health and endpoint" : capitalised(parts[1].replace('-', ' '));
    }

    private static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String row(JsonNode property) {
        String byDefault = property.path("defaultValue").asText().replace('_', '-');
        return "| `%s` | %s | %s | %s |\n"
                .formatted(
                        name(property),
                        type(property.path("type").asText()),
                        byDefault.isEmpty() ? "" : "`" + byDefault + "`",
                        description(property));
    }

    private static String type(String className) {
        return TYPES.containsKey(className) ? TYPES.get(className) : String.join(", ", constants(className));
    }

    /** As they are written in a property. */
    private static List<String> constants(String className) {
        Class<?> type = ClassUtils.resolveClassName(className, ConfigurationPage.class.getClassLoader());
        if (!type.isEnum()) {
            throw new IllegalStateException("no word for values of " + className + ": add one to TYPES");
        }
        return Arrays.stream(type.getEnumConstants())
                .map(constant ->
                        "`" + constant.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                .toList();
    }

    private static String description(JsonNode property) {
        List<String> lines =
                new ArrayList<>(List.of(property.path("description").asText()));
        JsonNode hint = PropertyMetadata.HINTS.get(name(property));
        if (hint != null && !hint.has("providers")) { // with a provider other values are allowed too
            StreamSupport.stream(hint.path("values").spliterator(), false)
                    .map(value -> "`" + value.path("value").asText() + "`: "
                            + value.path("description").asText())
                    .forEach(lines::add);
        }
        return String.join("<br>", lines).replace("|", "\\|");
    }

    private static Stream<String> cacheRows(String prefix, Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .flatMap(component -> component.getType().isRecord() && !isKnown(component)
                        ? cacheRows(prefix + kebab(component) + ".", component.getType())
                        : Stream.of(cacheRow(prefix + kebab(component), component)));
    }

    private static boolean isKnown(RecordComponent component) {
        return TYPES.containsKey(component.getType().getName());
    }

    private static String cacheRow(String name, RecordComponent component) {
        String common = name.replace(CACHES + ".<name>.", "psycache.").replaceFirst("\\.ttl$", ".default-ttl");
        if (!PropertyMetadata.PROPERTIES.containsKey(common)) {
            throw new IllegalStateException(name + " has no property " + common + " for all caches");
        }
        return "| `%s` | %s | that of `%s` |\n"
                .formatted(name, type(component.getType().getName()), common);
    }

    private static String kebab(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String name(JsonNode property) {
        return property.path("name").asText();
    }
}

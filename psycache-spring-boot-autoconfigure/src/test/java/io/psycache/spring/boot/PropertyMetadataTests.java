package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PropertyMetadataTests {

    /** These are unset, or empty, unless the application sets them. */
    private static final Set<String> WITHOUT_DEFAULT =
            Set.of("psycache.caches", "psycache.near.maximum-size", "psycache.schema");

    private final List<JsonNode> properties = list(metadata(), "properties");

    @Test
    void everyPropertyHasADescription() {
        assertThat(properties)
                .hasSizeGreaterThan(10)
                .allSatisfy(property -> assertThat(property.path("description").asText())
                        .as(property.path("name").asText())
                        .hasSizeGreaterThan(10)
                        .endsWith("."));
    }

    @Test
    void everyPropertyHasADefault() {
        assertThat(properties.stream()
                        .filter(property -> !property.has("defaultValue") && !property.has("deprecation")))
                .extracting(property -> property.path("name").asText())
                .containsExactlyInAnyOrderElementsOf(WITHOUT_DEFAULT);
    }

    @Test
    void theDefaultsAreThoseInForce() {
        Map<String, String> defaults = new HashMap<>();
        properties.stream()
                .filter(property -> property.has("defaultValue"))
                .forEach(property -> defaults.put(
                        property.path("name").asText(),
                        property.path("defaultValue").asText()));
        assertThat(bound(defaults)).isEqualTo(bound(Map.of()));
    }

    private static PsycacheProperties bound(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("psycache", PsycacheProperties.class);
    }

    @Test
    void editorsSayOfRemovedPropertiesThatTheyAre() {
        assertThat(properties.stream()
                        .filter(property -> property.path("deprecation")
                                .path("level")
                                .asText()
                                .equals("error")))
                .extracting(property -> property.path("name").asText())
                .containsExactlyInAnyOrder(
                        "psycache.write-mode", "psycache.transaction.get", "psycache.transaction.put");
    }

    @Test
    void hintsAreForPropertiesThatExist() {
        Set<String> names = new TreeSet<>();
        properties.forEach(property -> names.add(property.path("name").asText()));
        assertThat(list(metadata(), "hints"))
                .isNotEmpty()
                .allSatisfy(hint -> assertThat(names).contains(hint.path("name").asText()));
    }

    private static List<JsonNode> list(JsonNode metadata, String name) {
        return StreamSupport.stream(metadata.path(name).spliterator(), false).toList();
    }

    /** That of our module: Boot's have the same path. */
    private static JsonNode metadata() {
        URL ofModule = PsycacheProperties.class.getResource("PsycacheProperties.class");
        String root = Objects.requireNonNull(ofModule).toString().replaceAll("io/psycache/spring/boot/[^/]*$", "");
        try (InputStream json = new URL(root + "META-INF/spring-configuration-metadata.json").openStream()) {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

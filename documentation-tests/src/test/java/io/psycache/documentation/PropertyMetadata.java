package io.psycache.documentation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** What the configuration metadata of the class path say about properties, Spring Boot's among them. */
final class PropertyMetadata {
    private static final String RESOURCE = "META-INF/spring-configuration-metadata.json";

    /** By name. */
    static final Map<String, JsonNode> PROPERTIES = all("properties");

    /** By the name of the property. */
    static final Map<String, JsonNode> HINTS = all("hints");

    private PropertyMetadata() {}

    private static Map<String, JsonNode> all(String kind) {
        Map<String, JsonNode> found = new TreeMap<>();
        for (JsonNode metadata : documents()) {
            StreamSupport.stream(metadata.path(kind).spliterator(), false)
                    .forEach(each -> found.put(each.path("name").asText(), each));
        }
        return found;
    }

    private static List<JsonNode> documents() {
        try {
            List<JsonNode> documents = new ArrayList<>();
            for (URL url :
                    Collections.list(PropertyMetadata.class.getClassLoader().getResources(RESOURCE))) {
                try (InputStream json = url.openStream()) {
                    documents.add(new ObjectMapper().readTree(json));
                }
            }
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is such a property, or one of a map that contains it. */
    static boolean knows(ConfigurationPropertyName name) {
        return PROPERTIES.values().stream().anyMatch(property -> {
            ConfigurationPropertyName known =
                    ConfigurationPropertyName.adapt(property.path("name").asText(), '.');
            boolean isMap = property.path("type").asText().startsWith("java.util.Map");
            return known.equals(name) || isMap && known.isAncestorOf(name);
        });
    }
}

package io.psycache.spring.boot;

import io.psycache.spring.boot.diagnostics.StartException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/** Properties that earlier versions had, of all caches and of one. One that is still set would do nothing, without a word. */
final class RemovedProperties {
    private static final ConfigurationPropertyName ALL = ConfigurationPropertyName.of("psycache");
    private static final ConfigurationPropertyName CACHES = ConfigurationPropertyName.of("psycache.caches");
    private static final Map<String, String> INSTEAD = new TreeMap<>(Map.of(
            "write-mode",
            "Remove it. Loaded values are always stored behind their caller, and a put has happened when its call returns.",
            "transaction.get",
            "Remove it. A get in a transaction is always a statement of it; for a SERIALIZABLE one"
                    + " psycache.transaction.serializable decides.",
            "transaction.put",
            "Remove it. A put in a transaction is always stored after the commit. To only remove the old value, write @CacheEvict"
                    + " instead of @CachePut."));

    private RemovedProperties() {}

    /** @throws StartException if any is set, which names all of them */
    static void check(Environment environment) {
        List<String> descriptions = new ArrayList<>();
        List<String> actions = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            prefixes(source)
                    .forEach(prefix -> INSTEAD.forEach((name, instead) -> {
                        ConfigurationProperty property = source.getConfigurationProperty(prefix.append(name));
                        if (property != null) {
                            descriptions.add(describe(property));
                            actions.add(property.getName() + ": " + instead);
                        }
                    }));
        }
        if (!actions.isEmpty()) {
            throw new StartException(
                    "psycache no longer has properties that are set:" + String.join("", descriptions),
                    String.join(System.lineSeparator(), actions),
                    null);
        }
    }

    /** That of all caches, and of each single one that the source says something of. */
    private static Stream<ConfigurationPropertyName> prefixes(ConfigurationPropertySource source) {
        boolean named = source.containsDescendantOf(CACHES) != ConfigurationPropertyState.ABSENT;
        return named && source instanceof IterableConfigurationPropertySource names
                ? Stream.concat(
                        Stream.of(ALL),
                        names.stream()
                                .filter(CACHES::isAncestorOf)
                                .map(RemovedProperties::ofOneCache)
                                .distinct())
                : Stream.of(ALL);
    }

    private static ConfigurationPropertyName ofOneCache(ConfigurationPropertyName name) {
        return name.chop(CACHES.getNumberOfElements() + 1);
    }

    private static String describe(ConfigurationProperty property) {
        return "%n%n    Property: %s%n    Value: \"%s\"%n    Origin: %s"
                .formatted(property.getName(), property.getValue(), Objects.toString(property.getOrigin(), "unknown"));
    }
}

package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.psycache.spring.boot.PsycacheProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Settings of an application: psycache's must bind and keep the rules, others must be known to Spring Boot. */
final class SettingsBlocks {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SettingsBlocks() {}

    static void checkYaml(Block block) throws IOException {
        check(block, new YamlPropertySourceLoader());
    }

    static void checkProperties(Block block) throws IOException {
        check(block, new PropertiesPropertySourceLoader());
    }

    static void checkJson(Block block) throws IOException {
        STRICT.readTree(block.text());
    }

    private static void check(Block block, PropertySourceLoader loader) throws IOException {
        List<PropertySource<?>> sources = loader.load(block.toString(), new ByteArrayResource(text(block)));
        assertThat(sources.stream().flatMap(SettingsBlocks::names))
                .as("%s: settings that Spring Boot knows", block)
                .isNotEmpty()
                .allMatch(PropertyMetadata::knows);
        bind(sources);
    }

    private static byte[] text(Block block) {
        return block.text().getBytes(StandardCharsets.UTF_8);
    }

    private static Stream<ConfigurationPropertyName> names(PropertySource<?> source) {
        return Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames())
                .map(name -> ConfigurationPropertyName.adapt(name.replaceAll("\\[\\d+]$", ""), '.'));
    }

    private static void bind(List<PropertySource<?>> sources) {
        new Binder(ConfigurationPropertySources.from(sources))
                .bind(
                        "psycache",
                        Bindable.of(PsycacheProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .ifBound(PsycacheProperties::afterPropertiesSet);
    }
}

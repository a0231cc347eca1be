package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code -Dpsycache.docs.write=true}, or {@code make docs}, writes the page. */
class ConfigurationPageTests {
    private static final Path PAGE = Project.ROOT.resolve("docs/configuration.md");

    @Test
    void thePageIsWhatTheMetadataSay() throws IOException {
        if (Boolean.getBoolean("psycache.docs.write")) {
            Files.writeString(PAGE, ConfigurationPage.text());
        }
        assertThat(PAGE)
                .as("docs/configuration.md differs from the properties: 'make docs' writes it anew")
                .hasContent(ConfigurationPage.text());
    }

    @Test
    void itHasEveryPropertyOnce() {
        assertThat(ConfigurationPage.text().lines().filter(line -> line.startsWith("| `")))
                .hasSizeGreaterThan(30)
                .doesNotHaveDuplicates()
                .anyMatch(line -> line.startsWith("| `psycache.failure-policy` | `miss`, `propagate` | `miss` |"))
                .anyMatch(line -> line.startsWith("| `management.endpoint.psycache.access` |"))
                .anyMatch(line -> line.startsWith("| `psycache.caches.<name>.transaction.serializable` |"));
    }
}

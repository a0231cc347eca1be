package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/** The application of docs/getting-started.md runs as the page says. */
@ExtendWith(OutputCaptureExtension.class)
class GettingStartedTests {
    private static final String PAGE = "docs/getting-started.md";

    private final List<Block> blocks = Block.of(PAGE, Project.read(PAGE).lines().toList());

    @TempDir
    Path classes;

    private Block first(String language) {
        return blocks.stream()
                .filter(block -> block.language().equals(language))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theSecondCallDoesNotAskTheTableAndTheThirdSeesTheChange(CapturedOutput output) throws Exception {
        JavaBlocks.compile(first("java"), classes);
        try (TestDatabase database = TestDatabase.create();
                URLClassLoader loader = new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            database.execute(first("sql").text());
            try (ConfigurableApplicationContext application = start(loader, database)) {
                assertThat(application.getBeanNamesForType(javax.sql.DataSource.class))
                        .isNotEmpty();
            }
            assertThat(output.getOut().lines().filter(line -> line.startsWith("asking") || line.startsWith("Optional")))
                    .containsExactly(
                            "asking the table",
                            "Optional[Customer[id=1, name=Ada]]",
                            "Optional[Customer[id=1, name=Ada]]",
                            "asking the table",
                            "Optional[Customer[id=1, name=Grace]]");
            assertThat(database.queryForString("select key || ' ' || value from psycache"))
                    .isEqualTo("customers::1L {\"id\": 1, \"name\": \"Grace\"}");
        }
    }

    private static ConfigurableApplicationContext start(ClassLoader loader, TestDatabase database)
            throws ClassNotFoundException, IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            SpringApplication application = new SpringApplication(
                    new DefaultResourceLoader(loader), loader.loadClass(JavaBlocks.PACKAGE + ".Application"));
            return application.run("--spring.datasource.url=" + database.jdbcUrl());
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.testsupport.TestDatabase;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The statements of docs/postgres-cache.md run, in their order and on one cache. */
class PostgresCachePageTests {
    private static final String PAGE = "docs/postgres-cache.md";

    @RegisterExtension
    private static final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    @TempDir
    Path classes;

    @BeforeAll
    static void openCache() {
        Surroundings.dataSource = database.dataSource();
        Surroundings.cache =
                database.closing(PostgresCache.builder(database.dataSource()).build());
    }

    static Stream<Block> statements() {
        return Block.of(PAGE, Project.read(PAGE).lines().toList()).stream()
                .filter(block -> block.language().equals("java") && JavaBlocks.isStatements(block));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("statements")
    void anExampleRuns(Block block) throws Exception {
        JavaBlocks.compile(block, classes);
        URL[] compiled = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
            Class<?> example = loader.loadClass(JavaBlocks.PACKAGE + ".Example");
            ((Callable<?>) example.getConstructor().newInstance()).call();
        }
    }

    @Test
    void thereAreExamples() {
        assertThat(statements()).hasSizeGreaterThan(6);
    }
}

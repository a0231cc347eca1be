package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example of README.md, the guide and the samples' pages compiles, runs, or names what is there. */
class BlockTests {

    static Stream<Block> blocks() {
        return Project.pages().stream()
                .flatMap(page -> Block.of(page, Project.read(page).lines().toList()).stream());
    }

    /** Blocks of which each is wrong; the last word of the line before it must be in what the check says. */
    static Stream<Block> brokenBlocks() {
        return Block.of("broken.md", brokenPage()).stream();
    }

    private static List<String> brokenPage() {
        try (InputStream page = BlockTests.class.getResourceAsStream("/broken.md")) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void anExampleHolds(Block block) throws Exception {
        BlockCheck.checkBlock(block);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenBlocks")
    void aBrokenExampleFailsWithWhatIsWrong(Block block) {
        String announced = brokenPage().get(block.line() - 3);
        assertThatThrownBy(() -> BlockCheck.checkBlock(block))
                .hasStackTraceContaining(announced.substring(announced.lastIndexOf(' ') + 1));
    }

    @Test
    void everyLanguageHasABrokenExample() {
        assertThat(brokenBlocks().map(Block::language).collect(Collectors.toSet()))
                .containsAll(BlockCheck.OF_LANGUAGE.keySet());
    }
}

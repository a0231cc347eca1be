package io.psycache.documentation;

import java.util.Map;

/** What a block of one language must pass. */
@FunctionalInterface
interface BlockCheck {
    Map<String, BlockCheck> OF_LANGUAGE = Map.ofEntries(
            Map.entry("java", JavaBlocks::check),
            Map.entry("yaml", SettingsBlocks::checkYaml),
            Map.entry("properties", SettingsBlocks::checkProperties),
            Map.entry("json", SettingsBlocks::checkJson),
            Map.entry("sql", SqlBlocks::check),
            Map.entry("bash", ShellBlocks::check),
            Map.entry("sh", ShellBlocks::check),
            Map.entry("console", ShellBlocks::checkSession),
            Map.entry("xml", DependencyBlocks::checkXml),
            Map.entry("kotlin", DependencyBlocks::checkGradle));

    /** @throws Exception, or an AssertionError, that says what is wrong */
    void check(Block block) throws Exception;

    static void checkBlock(Block block) throws Exception {
        BlockCheck check = OF_LANGUAGE.get(block.language());
        if (check == null) {
            throw new IllegalArgumentException(
                    block + ": nothing checks this language; use one of " + OF_LANGUAGE.keySet() + ", or add a check");
        }
        check.check(block);
    }
}

package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.cli.DocumentedCommands;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/** Commands of a shell: each names programs, modules, targets, jars and paths that there are. They are not run. */
final class ShellBlocks {
    private static final List<String> PHASES = List.of("clean", "compile", "test", "package", "verify");
    private static final Pattern MAPPING = Pattern.compile("@(Request|Get|Post|Put|Delete)Mapping\\(\"([^\"]*)\"\\)");
    private static final Pattern ACTUATOR =
            Pattern.compile("/actuator(/(psycache|caches|health|prometheus|metrics).*)?");

    private ShellBlocks() {}

    static void check(Block block) {
        check(block, block.text());
    }

    /** A session: its commands follow {@code $}, the rest is what they print. */
    static void checkSession(Block block) {
        String commands = block.text()
                .lines()
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2))
                .collect(Collectors.joining("\n"));
        check(block, commands);
    }

    private static void check(Block block, String script) {
        List<ShellCommand> commands = ShellCommand.of(script);
        assertThat(commands).as("%s: commands", block).isNotEmpty();
        commands.forEach(command -> check(block, command));
    }

    private static void check(Block block, ShellCommand command) {
        switch (command.program()) {
            case "psycache" -> DocumentedCommands.parse(command.arguments().toArray(String[]::new));
            case "mvn" -> checkMaven(command);
            case "make" -> checkMake(command);
            case "java" -> checkJar(command.option("-jar"));
            case "curl" -> checkRequest(block, command);
            case "alias" -> check(block, command.arguments().get(0).replaceFirst("^[a-z]+=", ""));
            case "export" -> assertThat(command.arguments()).allMatch(word -> word.matches("[A-Z_]+=.+"));
            case "grep" -> {}
            default -> throw new IllegalArgumentException(block + ": nothing checks the program " + command.program());
        }
    }

    private static void checkMaven(ShellCommand command) {
        Stream.of(command.option("-pl").split(","))
                .filter(module -> !module.isEmpty())
                .forEach(module -> assertThat(Poms.isModule(module))
                        .as("module %s", module)
                        .isTrue());
        command.words().stream()
                .filter(word -> word.startsWith("-P"))
                .forEach(word -> assertThat(Poms.hasProfile(word.substring(2)))
                        .as("profile %s", word)
                        .isTrue());
        assertThat(command.operands(List.of("-pl")))
                .isNotEmpty()
                .allMatch(goal -> goal.contains(":")
                        ? Poms.hasPlugin(goal.substring(0, goal.indexOf(':')))
                        : PHASES.contains(goal));
    }

    private static void checkMake(ShellCommand command) {
        String makefile = Project.read("Makefile");
        assertThat(command.arguments())
                .allMatch(word -> word.contains("=")
                        ? makefile.contains(word.substring(0, word.indexOf('=')))
                        : makefile.contains("\n" + word + ":"));
    }

    private static void checkJar(String path) {
        Optional<String> built = Poms.jar(path.replaceFirst("/?target/.*", ""));
        assertThat(built).as("the jar of a module").hasValue(path);
    }

    /** Of a sample's page one of the sample's own paths or of actuator's, elsewhere one of actuator's. */
    private static void checkRequest(Block block, ShellCommand command) {
        String url = command.operands(List.of("-X", "-H", "-d", "-o", "-u")).get(0);
        String path = url.replaceFirst("^(https?://)?localhost:\\d+", "").replaceFirst("\\?.*", "");
        assertThat(ACTUATOR.matcher(path).matches() || mappings(block).anyMatch(each -> matches(each, path)))
                .as("something answers %s", path)
                .isTrue();
    }

    private static boolean matches(String mapping, String path) {
        return PathPatternParser.defaultInstance.parse(mapping).matches(PathContainer.parsePath(path));
    }

    private static Stream<String> mappings(Block block) {
        return block.folder().startsWith("samples/")
                ? Project.files(block.folder() + "/src/main/java").stream().flatMap(file -> mappings(file.toString()))
                : Stream.empty();
    }

    private static Stream<String> mappings(String source) {
        String code = Project.read(source);
        String base = MAPPING.matcher(code)
                .results()
                .filter(found -> found.group(1).equals("Request"))
                .map(found -> found.group(2))
                .findFirst()
                .orElse("");
        return MAPPING.matcher(code).results().map(found -> base + found.group(2));
    }
}

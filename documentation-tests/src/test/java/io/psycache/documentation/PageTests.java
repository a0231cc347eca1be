package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PageTests {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    static Stream<String> pages() {
        return Stream.concat(Project.pages().stream(), Stream.of("CONTRIBUTING.md", "CHANGELOG.md"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadToFilesAndHeadingsThatThereAre(String page) {
        assertThat(groups(LINK, Project.read(page)))
                .filteredOn(link -> !link.matches("https?:.*"))
                .allSatisfy(
                        link -> assertThat(leadsSomewhere(page, link)).as(link).isTrue());
    }

    @Test
    void theIndexOfTheGuideHasEveryPage() {
        String index = Project.read("docs/README.md");
        List<String> pages = Project.pages().stream()
                .filter(page -> page.matches("docs/[a-z-]+\\.md"))
                .map(page -> page.substring("docs/".length()))
                .toList();
        assertThat(groups(LINK, index)).hasSizeGreaterThan(10).containsAll(pages);
    }

    @Test
    void theIndexOfTheDecisionsHasEveryRecord() {
        List<String> records = Project.pages().stream()
                .filter(page -> page.matches("docs/decisions/\\d{4}-[a-z0-9-]+\\.md"))
                .map(page -> page.substring("docs/decisions/".length()))
                .toList();
        assertThat(groups(LINK, Project.read("docs/decisions/README.md")))
                .filteredOn(link -> link.matches("\\d{4}-.*"))
                .hasSizeGreaterThan(100)
                .containsExactlyElementsOf(records);
    }

    private static boolean leadsSomewhere(String page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? Project.ROOT.resolve(page)
                : Project.ROOT.resolve(page).resolveSibling(parts[0]);
        return Files.exists(target) && (parts.length == 1 || hasHeading(target, parts[1]));
    }

    private static boolean hasHeading(Path page, String anchor) {
        return groups(
                        HEADING,
                        Project.read(Project.ROOT.relativize(page.normalize()).toString()))
                .stream()
                .map(PageTests::anchor)
                .anyMatch(anchor::equals);
    }

    /** As GitHub makes it. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
    }

    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}

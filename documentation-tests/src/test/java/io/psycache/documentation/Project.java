package io.psycache.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/** The folder of the project, found from wherever in it the tests run. */
final class Project {
    static final Path ROOT = root();

    private static final PathMatcher PAGES =
            FileSystems.getDefault().getPathMatcher("glob:{README.md,docs/**.md,samples/**README.md}");

    private Project() {}

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/decisions"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "not in the project's folder: " + Path.of("").toAbsolutePath());
            }
        }
        return folder;
    }

    /** What users read, as paths from the project's folder: README.md, the guide, the samples' pages. */
    static List<String> pages() {
        return Stream.of("README.md", "docs", "samples")
                .flatMap(start -> files(start).stream())
                .filter(path -> PAGES.matches(path) && !path.toString().contains("target"))
                .map(path -> path.toString().replace('\\', '/'))
                .sorted()
                .toList();
    }

    static List<Path> files(String start) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(start))) {
            return files.filter(Files::isRegularFile).map(ROOT::relativize).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean has(String path) {
        return Files.exists(ROOT.resolve(path));
    }

    static String read(String path) {
        try {
            return Files.readString(ROOT.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

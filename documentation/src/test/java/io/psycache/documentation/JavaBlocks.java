package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Java: a block is whole types, members of a class, or statements, the first of these as which it can be read furthest. It is compiled in
 * the package of {@link Surroundings}, with its imports, and what is no type within a class that extends it.
 */
final class JavaBlocks {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, Locale.ROOT, null);
    private static final List<String> OPTIONS = List.of("-source", "17", "-proc:none", "-implicit:none");

    static final String PACKAGE = JavaBlocks.class.getPackageName();

    private JavaBlocks() {}

    /** Writes the classes of {@code types} below {@code folder}. */
    static void compile(String types, Path folder) {
        List<String> options = Stream.concat(OPTIONS.stream(), Stream.of("-parameters", "-d", folder.toString()))
                .toList();
        Source source = new Source(new Block("types", 1, "java", types), "%s");
        assertThat(COMPILER.getTask(null, null, null, options, null, List.of(source))
                        .call())
                .isTrue();
    }

    static void check(Block block) throws IOException {
        Source source = Stream.of("%s", "class Example extends Surroundings { %s }", """
                        class Example extends Surroundings { void run() throws Exception { %s } }""")
                .map(frame -> new Source(block, frame.strip()))
                .max(Comparator.comparingLong(Source::readableLines))
                .orElseThrow();
        assertThat(source.errors()).as(block.toString()).isEmpty();
    }

    /** A block within a frame, lines counted as in its page. */
    private static final class Source extends SimpleJavaFileObject {
        private final Block block;
        private final String code;

        Source(Block block, String frame) {
            super(URI.create("string:///io/psycache/documentation/Example.java"), Kind.SOURCE);
            this.block = block;
            this.code = Surroundings.HEADER + frame.formatted(block.text());
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }

        /** How far it is Java, whatever its names mean. */
        long readableLines() {
            DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
            try {
                task(found).parse();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return found.getDiagnostics().stream()
                    .mapToLong(Diagnostic::getLineNumber)
                    .min()
                    .orElse(Long.MAX_VALUE);
        }

        List<String> errors() throws IOException {
            DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
            task(found).analyze();
            return errors(found);
        }

        private JavacTask task(DiagnosticCollector<JavaFileObject> found) {
            return (JavacTask) COMPILER.getTask(null, FILES, found, OPTIONS, null, List.of(this));
        }

        private List<String> errors(DiagnosticCollector<JavaFileObject> found) {
            return found.getDiagnostics().stream()
                    .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                    .map(each -> block.page() + ":" + (block.line() + each.getLineNumber() - 1) + " "
                            + each.getMessage(Locale.ROOT))
                    .toList();
        }
    }
}

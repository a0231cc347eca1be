package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Java: a block is whole types, statements, or members of a class: that as which it can be read, or else read furthest. It is
 * compiled with the imports of {@link Surroundings}, and what is no type within a class that extends it.
 */
final class JavaBlocks {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, Locale.ROOT, null);
    private static final StandardJavaFileManager WRITING = COMPILER.getStandardFileManager(null, Locale.ROOT, null);
    private static final List<String> OPTIONS = List.of("-source", "17", "-proc:none", "-implicit:none");

    private static final String TYPES = "%s";
    private static final String MEMBERS = "class Example extends Surroundings { %s\n}";
    private static final String STATEMENTS =
            "public class Example extends Surroundings implements Callable<Object> { public Object call() throws Exception { %s\nreturn null; } }";

    static final String PACKAGE = JavaBlocks.class.getPackageName();

    private JavaBlocks() {}

    /** Writes the classes of a block below {@code folder}: of statements a {@link Callable} that is named Example. */
    static void compile(Block block, Path folder) {
        List<String> options = Stream.concat(OPTIONS.stream(), Stream.of("-parameters", "-d", folder.toString()))
                .toList();
        assertThat(COMPILER.getTask(null, WRITING, null, options, null, List.of(source(block)))
                        .call())
                .isTrue();
    }

    static void check(Block block) throws IOException {
        assertThat(source(block).errors()).as(block.toString()).isEmpty();
    }

    private static Source source(Block block) {
        return Stream.of(TYPES, STATEMENTS, MEMBERS)
                .map(frame -> new Source(block, frame))
                .max(Comparator.comparingLong(Source::readableLines))
                .orElseThrow();
    }

    static boolean isStatements(Block block) {
        return source(block).frame.equals(STATEMENTS);
    }

    /** A block within a frame, lines counted as in its page. */
    private static final class Source extends SimpleJavaFileObject {
        private final Block block;
        private final String frame;
        private final String code;

        Source(Block block, String frame) {
            super(URI.create("string:///io/psycache/documentation/Example.java"), Kind.SOURCE);
            this.block = block;
            this.frame = frame;
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
            return errors(found).mapToLong(Diagnostic::getLineNumber).min().orElse(Long.MAX_VALUE);
        }

        List<String> errors() throws IOException {
            DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
            task(found).analyze();
            return errors(found)
                    .map(error -> block.page() + ":" + (block.line() + error.getLineNumber() - 1) + " "
                            + error.getMessage(Locale.ROOT))
                    .toList();
        }

        private JavacTask task(DiagnosticCollector<JavaFileObject> found) {
            return (JavacTask) COMPILER.getTask(null, FILES, found, OPTIONS, null, List.of(this));
        }

        /** Not warnings: a newer JDK has one about {@code -source}. */
        private static Stream<Diagnostic<? extends JavaFileObject>> errors(DiagnosticCollector<JavaFileObject> found) {
            return found.getDiagnostics().stream().filter(each -> each.getKind() == Diagnostic.Kind.ERROR);
        }
    }
}

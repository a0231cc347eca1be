package io.psycache.spring;

import io.psycache.testsupport.ObservedDataSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.cache.Cache;

/** What a cache asked of the driver: how often, and through which of our frames. */
final class DriverCalls implements ObservedDataSource.Listener {
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** The cache sends it after a statement that took more than 20 ms, which on a busy machine any may. */
    private static final String AFTER_SLOW_STATEMENTS = "discard plans";

    private final Queue<Path> statements = new ConcurrentLinkedQueue<>();
    private final Queue<Path> questions = new ConcurrentLinkedQueue<>();

    /**
     * Our frames of a call of the driver, the outermost first, from Spring's cache on where it is among them. Lambdas and bridges count; what the JVM hides does not.
     *
     * @param task what the driver was to do
     */
    record Path(String task, Thread thread, List<Class<?>> types, List<String> frames) {

        private static Path here(String task) {
            List<StackWalker.StackFrame> ours = STACK.walk(frames ->
                    frames.filter(frame -> isOurs(frame.getDeclaringClass())).collect(Collectors.toList()));
            Collections.reverse(ours);
            List<StackWalker.StackFrame> path = ours.stream().anyMatch(Path::isOfSpringsCache)
                    ? ours.stream().dropWhile(frame -> !isOfSpringsCache(frame)).toList()
                    : ours;
            return new Path(
                    task,
                    Thread.currentThread(),
                    path.stream()
                            .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                            .toList(),
                    path.stream().map(Object::toString).toList());
        }

        private static boolean isOfSpringsCache(StackWalker.StackFrame frame) {
            return Cache.class.isAssignableFrom(frame.getDeclaringClass());
        }

        /** Neither a test, nor of the tests' tools, nor generated. */
        private static boolean isOurs(Class<?> type) {
            return type.getName().startsWith("io.psycache.") && !isOfTests(type);
        }

        private static boolean isOfTests(Class<?> type) {
            String place =
                    type.getProtectionDomain().getCodeSource().getLocation().getPath();
            return place.contains("/test-classes/")
                    || place.endsWith("-tests.jar")
                    || place.contains("psycache-test-support");
        }

        int length() {
            return frames.size();
        }

        /** Each with its nested classes and lambdas. */
        List<String> classes() {
            return types.stream()
                    .map(type -> type.getNestHost().getSimpleName())
                    .distinct()
                    .toList();
        }

        @Override
        public String toString() {
            return length() + " frames in " + classes().size() + " classes " + classes() + " to: " + task + "\n  "
                    + String.join("\n  ", frames);
        }
    }

    @Override
    public void executes(String sql) {
        if (!sql.equals(AFTER_SLOW_STATEMENTS)) {
            statements.add(Path.here(sql));
        }
    }

    @Override
    public void asksForAutoCommit() {
        questions.add(Path.here("getAutoCommit"));
    }

    void forget() {
        statements.clear();
        questions.clear();
    }

    /** The statements of all threads. */
    List<Path> statements() {
        return new ArrayList<>(statements);
    }

    /** The calls of {@code getAutoCommit} of all threads. */
    List<Path> questions() {
        return new ArrayList<>(questions);
    }

    /** The longest way of this thread to the driver. */
    Path longest() {
        return Stream.concat(statements.stream(), questions.stream())
                .filter(path -> path.thread() == Thread.currentThread() && path.length() > 0)
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElseThrow(() -> new AssertionError("this thread did not get to the driver: " + statements));
    }
}

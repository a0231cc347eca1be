package io.psycache.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another process with the classes and settings of this one, on the server of the run. It ends when its input does. */
final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final PrintWriter input;
    private final BufferedReader output;

    private JavaProcess(Process process) {
        this.process = process;
        this.input = new PrintWriter(process.outputWriter(), true);
        this.output = process.inputReader();
    }

    static JavaProcess start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(BenchmarkServer.jvmArgument());
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("benchmarks."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new JavaProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    void writeLine(String line) {
        input.println(line);
    }

    /** Waits for the next line. */
    String readLine() throws IOException {
        @Nullable String line = output.readLine();
        if (line == null) {
            throw new IOException("the process has ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}

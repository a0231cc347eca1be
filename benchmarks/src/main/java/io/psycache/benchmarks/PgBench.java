package io.psycache.benchmarks;

import io.psycache.benchmarks.Turn.Figures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The floor: PostgreSQL's own load generator with a prepared select of the rows that {@link JdbcTemplateContender} reads. */
final class PgBench {
    static final String NAME = "pgbench";
    static final String MISSING = "pgbench: not measured, it is not installed (Debian: `apt-get install postgresql`).";

    private static final Pattern TPS = Pattern.compile("^tps = ([0-9.]+)", Pattern.MULTILINE);

    private final Path program;
    private final Path script;
    private final String schema;

    private PgBench(Path program, Path script, String schema) {
        this.program = program;
        this.script = script;
        this.schema = schema;
    }

    static Optional<PgBench> find(String schema, Keys keys) throws IOException {
        Optional<Path> program = Programs.findOfPostgres(NAME);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        Path script = Files.createTempFile("select", ".sql");
        Files.writeString(script, """
                \\set number random(0, %d)
                select value from %s where key = 'orders::' || :number and expires_at > statement_timestamp();
                """.formatted(keys.count() - 1, JdbcTemplateContender.TABLE));
        return Optional.of(new PgBench(program.get(), script, schema));
    }

    Figures run(int connections, Duration length) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(
                program.toString(),
                "-n",
                "-M",
                "prepared",
                "-f",
                script.toString(),
                "-c",
                String.valueOf(connections),
                "-j",
                String.valueOf(Math.min(connections, 2)),
                "-T",
                String.valueOf(Math.max(1, length.toSeconds())),
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(BenchmarkServer.port()),
                "-U",
                "postgres",
                "postgres");
        command.environment().put("PGOPTIONS", "-c search_path=" + schema);
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher found = TPS.matcher(output);
        if (process.waitFor() != 0 || !found.find()) {
            throw new IOException("pgbench failed: " + output);
        }
        return new Figures(Double.parseDouble(found.group(1)), Double.NaN, Double.NaN);
    }
}

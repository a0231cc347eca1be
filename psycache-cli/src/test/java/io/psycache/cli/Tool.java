package io.psycache.cli;

import io.psycache.testsupport.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** The command line within this process, on the schema of a test. */
final class Tool {
    private final Map<String, String> environment;
    private final String[] options;
    private String answer = "";
    String question = "";

    Tool(TestDatabase database) {
        PGSimpleDataSource server = database.unpooled();
        environment = Map.of(
                "PGHOST", server.getServerNames()[0],
                "PGPORT", Integer.toString(server.getPortNumbers()[0]),
                "PGDATABASE", String.valueOf(server.getDatabaseName()),
                "PGUSER", String.valueOf(server.getUser()),
                "PGPASSWORD", server.getPassword() == null ? "" : server.getPassword());
        options = new String[] {"--schema", database.schema()};
    }

    Tool answering(String answer) {
        this.answer = answer;
        return this;
    }

    /** What came of a command, with the schema's option after its arguments. */
    Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Commands commands = new Commands(environment::get, asked -> {
            question = asked;
            return answer.equals("y");
        });
        String[] all = Stream.of(arguments, options).flatMap(Stream::of).toArray(String[]::new);
        int status = Shell.run(commands, new PrintWriter(out), new PrintWriter(err), all);
        return new Result(status, out.toString(), err.toString());
    }

    record Result(int status, String out, String err) {}
}

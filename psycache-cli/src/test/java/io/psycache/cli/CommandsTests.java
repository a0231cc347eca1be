package io.psycache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.cli.Tool.Result;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandsTests {
    private static final String URL = "postgresql://"; // the rest from the environment

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final Tool tool = new Tool(database);

    @Test
    void initDbMakesTheTablesAndCanRunAgain() {
        assertThat(tool.run("init-db", URL)).isEqualTo(new Result(0, "", ""));
        assertThat(tool.run("init-db", URL)).isEqualTo(new Result(0, "", ""));
        PsycacheSchema.validate(database.dataSource(), database.schema(), "psycache");
    }

    @Test
    void initDbWithoutAUrlPrintsTheSqlAndTouchesNothing() {
        String schema = database.schema();
        Result printed = tool.run("init-db", "--table", "t", "--grant-to", "app");
        assertThat(printed)
                .isEqualTo(new Result(
                        0, PsycacheSchema.ddl(schema, "t") + "\n" + PsycacheSchema.grants(schema, "t", "app"), ""));
        assertThat(tool.run("init-db").out()).isEqualTo(PsycacheSchema.ddl(schema, "psycache"));
        assertThat(database.structure("psycache")).isEqualTo("null");
    }

    @Test
    void getPrintsTheJsonAsItIsStored() {
        cache().putRaw("Jürgen \"1\"", Map.of("a", "ü€", "n", 1.5), null);
        database.execute("insert into psycache (key, value, expires_at) values ('null', 'null', 'infinity'),"
                + " ('precise', '12345678901234567890.10', 'infinity')");
        assertThat(tool.run("get", "Jürgen \"1\"")).isEqualTo(new Result(0, "{\"a\": \"ü€\", \"n\": 1.5}\n", ""));
        assertThat(tool.run("get", "null", URL)).isEqualTo(new Result(0, "null\n", ""));
        assertThat(tool.run("get", "precise").out()).isEqualTo("12345678901234567890.10\n");
    }

    @Test
    void getOfWhatIsAbsentOrHasEndedFails() {
        cache().put("tagged", 1);
        cache().withTags("t").put("tagged", 1);
        database.execute("insert into psycache (key, value, expires_at) values ('old', '1', '2020-01-01')");
        assertThat(tool.run("get", "absent"))
                .isEqualTo(new Result(1, "", "psycache: there is no valid entry under 'absent'\n"));
        assertThat(tool.run("get", "old").status()).isOne();
        assertThat(tool.run("invalidate", "t", URL)).isEqualTo(new Result(0, "", ""));
        assertThat(tool.run("get", "tagged").status()).isOne();
    }

    @Test
    void removeRemovesOnce() {
        cache().put("k", 1);
        assertThat(tool.run("remove", "k")).isEqualTo(new Result(0, "", ""));
        assertThat(tool.run("remove", "k", URL))
                .isEqualTo(new Result(1, "", "psycache: there is no valid entry under 'k'\n"));
    }

    @Test
    void statsPrintsFiguresAndThenEachCache() {
        cache().put("k", "value");
        cache().region("users\u001b[31m").evict("nobody");
        database.execute("insert into psycache (key, value, expires_at, tags) select i::text, '1', 'infinity',"
                + " array['c:users' || chr(27)] from generate_series(1, 3) i");
        assertThat(tool.run("cleanup", URL)).isEqualTo(new Result(0, "0\n", ""));
        Result stats = tool.run("stats", URL);
        assertThat(stats.status()).isZero();
        assertThat(stats.out())
                .containsPattern("(?m)^entries       4$")
                .containsPattern("(?m)^bytes         \\d+$")
                .containsPattern("(?m)^log-entries   1$")
                .containsPattern("(?m)^last-cleanup  20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$")
                .containsPattern("(?m)^ {11}1 +\\d+  -$")
                .containsPattern("(?m)^ {11}3 +\\d+  users\\?$");
    }

    @Test
    void statsOfEmptyTablesHasNoListOfCaches() {
        cache();
        assertThat(tool.run("stats").out()).isEqualTo("""
                entries       0
                bytes         0
                log-entries   0
                last-cleanup  never
                """);
    }

    @Test
    void cleanupPrintsHowManyEntriesItDeleted() {
        cache();
        database.execute("insert into psycache (key, value, expires_at) select i::text, '1', '2020-01-01'"
                + " from generate_series(1, 7) i");
        assertThat(tool.run("cleanup")).isEqualTo(new Result(0, "7\n", ""));
    }

    @Test
    void flushAsksUnlessToldNotTo() {
        cache().put("k", 1);
        assertThat(tool.answering("n").run("flush")).isEqualTo(new Result(1, "", "psycache: nothing was done\n"));
        assertThat(tool.question)
                .startsWith("Remove all entries of the cache 'psycache' in ")
                .endsWith("?");
        assertThat(cache().exists("k")).isTrue();
        assertThat(tool.answering("y").run("flush")).isEqualTo(new Result(0, "1\n", ""));
        assertThat(tool.answering("n").run("flush", "--yes", URL)).isEqualTo(new Result(0, "0\n", ""));
    }

    @Test
    void dropAsksUnlessToldNotTo() {
        cache();
        assertThat(tool.answering("n").run("drop").status()).isOne();
        assertThat(tool.question).startsWith("Drop the tables of the cache 'psycache' in ");
        PsycacheSchema.validate(database.dataSource(), "", "psycache");
        assertThat(tool.answering("n").run("drop", "-y", URL)).isEqualTo(new Result(0, "", ""));
        assertThat(database.structure("psycache")).isEqualTo("null");
        assertThat(tool.answering("y").run("drop"))
                .isEqualTo(new Result(1, "", "psycache: there are no tables of the cache 'psycache' to drop\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                              | psycache: a command is missing
            gett k                          | psycache: there is no command 'gett'
            gett k                          | Did you mean: psycache get?
            --verbose nothing               | psycache: there is no command 'nothing'
            get                             | Missing required parameter: 'KEY'
            get postgresql://ann@db/app     | (KEY): it looks like the URL, which comes after it
            get k a b                       | psycache: too many arguments: 'b'
            get k a b c                     | psycache: too many arguments: 'b', 'c'
            stats --tabel t                 | psycache: there is no option '--tabel'
            get k postgresql://a:b@db/app   | URL has a password, which everybody on this machine can read
            get k mysql://db                | URL must be of the form postgresql://
            stats --tabel t                 | Possible solutions: --table
            stats --table Users             | table must be an identifier
            stats --timeout 5               | '5' is not a time such as 500ms, 10s or 5m
            stats --timeout 0s              | is not a time
            invalidate \uFFFD               | set LC_ALL=C.UTF-8
            """)
    void wrongUseIsSaidWithStatus2(String arguments, String message) {
        Result result = tool.run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(message).contains("--help'.").doesNotContain("\tat ");
    }

    @Test
    void missingTablesAreSaidWithTheRemedy() {
        for (String command : new String[] {"stats", "cleanup", "get k", "remove k", "invalidate t", "flush -y"}) {
            Result result = tool.run(command.split(" "));
            assertThat(result.status()).as(command).isOne();
            assertThat(result.err())
                    .as(command)
                    .startsWith("psycache: Missing in schema")
                    .contains("init-db prints")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aServerThatIsNotThereIsSaid() {
        Result result = tool.run("stats", "postgresql://ann@localhost:1/app");
        assertThat(result.status()).isOne();
        assertThat(result.err())
                .startsWith("psycache: Connection to localhost:1 refused.")
                .doesNotContain("\tat ");
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedForLongerThanTheTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "postgresql://ann@127.0.0.1:" + silent.getLocalPort() + "/app";
            for (String command : new String[] {"stats", "init-db"}) {
                Result result = tool.run(command, "--timeout", "500ms", url);
                assertThat(result.status()).as(command).isOne();
                assertThat(result.err())
                        .as(command)
                        .containsPattern("did not answer in time|timed out")
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void everyCommandIsDocumented() throws IOException {
        String documentation = Files.readString(Path.of("../docs/command-line.md"));
        for (String command : new CommandLine(new Commands(name -> null, question -> false))
                .getSubcommands()
                .keySet()) {
            assertThat(documentation).contains("\n| `" + command + " ");
        }
    }

    @Test
    void verboseShowsTheStackTraceWhereverItStands() {
        for (String command : new String[] {"stats --verbose", "--verbose stats"}) {
            assertThat(tool.run(command.split(" ")).err()).as(command).contains("\tat io.psycache.");
        }
    }

    @ParameterizedTest
    @CsvSource({"--help", "-h", "get --help", "--version"})
    void helpAndVersionGoToStandardOutput(String arguments) {
        Result result = tool.run(arguments.split(" "));
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("psycache");
        assertThat(result.err()).isEmpty();
    }

    private PostgresCache cache() {
        PsycacheSchema.create(database.dataSource());
        return PostgresCache.builder(database.dataSource()).build();
    }
}

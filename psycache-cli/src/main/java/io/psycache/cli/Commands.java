package io.psycache.cli;

import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The commands, each a method whose result is the exit status. */
@Command(
        name = "psycache",
        description = "Makes, watches and mends the tables of a psycache cache in PostgreSQL.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "URL is one of",
            "  postgresql://user@host:port/database",
            "  jdbc:postgresql://host:port/database?user=name",
            "What it does not say comes from PGHOST, PGPORT, PGDATABASE and PGUSER; the",
            "password from PGPASSWORD, or from the file ~/.pgpass or PGPASSFILE.",
            "",
            "Exit status: 0 = done; 1 = failed, or there was no such thing; 2 = wrong use."
        })
final class Commands implements Runnable {
    private static final String URL = "the database; default: what the environment says";

    private final Function<String, @Nullable String> environment;
    private final Confirmation confirmation;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = "schema of the tables; default: the first of the search path")
    String schema = "";

    @Option(
            names = "--table",
            paramLabel = "NAME",
            defaultValue = "psycache",
            scope = ScopeType.INHERIT,
            description = "table of the entries; default: psycache")
    String table = "psycache";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            scope = ScopeType.INHERIT,
            description = "how long to wait for the server; default: 10s")
    Duration timeout = Duration.ofSeconds(10);

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "show stack traces of failures")
    boolean verbose;

    @Spec
    @Nullable CommandSpec spec;

    Commands(Function<String, @Nullable String> environment, Confirmation confirmation) {
        this.environment = environment;
        this.confirmation = confirmation;
    }

    @Override
    public void run() {
        throw new IllegalArgumentException("a command is missing");
    }

    @Command(
            name = "init-db",
            description = "Makes the tables, or what is missing of them; without URL prints the SQL that does.")
    int initDb(
            @Option(
                            names = "--grant-to",
                            paramLabel = "ROLE",
                            description = "lets a role use the tables, with the fewest rights that it needs")
                    @Nullable String role,
            @Parameters(paramLabel = "URL", arity = "0..1", description = "the database") @Nullable String url) {
        if (url == null) {
            out().print(PsycacheSchema.ddl(schema, table));
            if (role != null) {
                out().print("\n" + PsycacheSchema.grants(schema, table, role));
            }
            return ExitCode.OK;
        }
        Database database = database(url);
        PsycacheSchema.create(database.dataSource(), schema, table);
        if (role != null) {
            PsycacheSchema.grant(database.dataSource(), schema, table, role);
        }
        return ExitCode.OK;
    }

    @Command(name = "stats", description = "Prints what the tables hold; estimated where they are large.")
    int stats(@Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        out().print(this.<String>with(url, cache -> StatisticsReport.of(cache.inspection())));
        return ExitCode.OK;
    }

    @Command(name = "get", description = "Prints the JSON of an entry; exit status 1 if there is no valid one.")
    int get(
            @Parameters(paramLabel = "KEY", converter = NameConverter.class, description = "as it is in the table")
                    String key,
            @Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        Optional<String> json = with(url, cache -> cache.get(key, String.class));
        json.ifPresent(out()::println);
        return json.isPresent() ? ExitCode.OK : absent(key);
    }

    @Command(name = "remove", description = "Removes an entry; exit status 1 if there was no valid one.")
    int remove(
            @Parameters(paramLabel = "KEY", converter = NameConverter.class, description = "as it is in the table")
                    String key,
            @Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        return with(url, cache -> cache.remove(key)) ? ExitCode.OK : absent(key);
    }

    @Command(name = "invalidate", description = "Invalidates the entries with a tag, and those being loaded.")
    int invalidate(
            @Parameters(
                            paramLabel = "TAG",
                            converter = NameConverter.class,
                            description = "as the application names it")
                    String tag,
            @Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        return with(url, cache -> {
            cache.invalidateTags(tag);
            return ExitCode.OK;
        });
    }

    @Command(name = "flush", description = "Removes all entries; asks first. Prints how many rows that deleted.")
    int flush(
            @Option(
                            names = {"-y", "--yes"},
                            description = "do not ask")
                    boolean yes,
            @Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        return yes || isConfirmed("Remove all entries of", url) ? printed(url, PostgresCache::flush) : undone();
    }

    @Command(
            name = "cleanup",
            description = "Deletes ended entries and the log that nobody needs. Prints how many entries.")
    int cleanup(@Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        return printed(url, PostgresCache::cleanupExpired);
    }

    @Command(name = "drop", description = "Drops the tables; asks first. Exit status 1 if there are none.")
    int drop(
            @Option(
                            names = {"-y", "--yes"},
                            description = "do not ask")
                    boolean yes,
            @Parameters(paramLabel = "URL", arity = "0..1", description = URL) @Nullable String url) {
        if (!yes && !isConfirmed("Drop the tables of", url)) {
            return undone();
        }
        return PsycacheSchema.drop(database(url).dataSource(), schema, table)
                ? ExitCode.OK
                : failed("there are no tables of the cache '" + table + "' to drop");
    }

    private int printed(@Nullable String url, ToLongFunction<PostgresCache> work) {
        out().println(with(url, work::applyAsLong));
        return ExitCode.OK;
    }

    private <T> T with(@Nullable String url, Function<PostgresCache, T> work) {
        Database database = database(url);
        try (PostgresCache cache = PostgresCache.builder(database.dataSource())
                .schema(schema)
                .table(table)
                .timeout(timeout)
                .logRetention(timeout.plusMinutes(5))
                .options(CacheOptions.none().codec(new RawJsonCodec()))
                .build()) {
            return work.apply(cache);
        } catch (BadSqlGrammarException e) {
            PsycacheSchema.validate(database.dataSource(), schema, table); // says what is wrong with the tables
            throw e;
        }
    }

    private Database database(@Nullable String url) {
        return Database.of(url == null ? DatabaseUrl.NOTHING : DatabaseUrl.parse(url), environment, timeout);
    }

    private boolean isConfirmed(String deed, @Nullable String url) {
        return confirmation.isGiven(
                deed + " the cache '" + table + "' in " + database(url).name() + "?");
    }

    private int absent(String key) {
        return failed("there is no valid entry under '" + key + "'");
    }

    private int undone() {
        return failed("nothing was done");
    }

    private int failed(String reason) {
        commandLine().getErr().println("psycache: " + reason);
        return ExitCode.SOFTWARE;
    }

    private PrintWriter out() {
        return commandLine().getOut();
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}

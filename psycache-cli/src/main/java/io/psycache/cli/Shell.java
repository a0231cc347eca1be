package io.psycache.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command as Unix users expect: its exit status is 0, 1 for a failure, or 2 for a wrong use. */
final class Shell {

    private Shell() {}

    static int run(Commands commands, PrintWriter out, PrintWriter err, String... args) {
        int status = new CommandLine(commands)
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setParameterExceptionHandler((wrong, arguments) -> usage(wrong))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(commands, failure, command))
                .execute(args);
        if (out.checkError()) { // flushes
            err.println("psycache: can't write to standard output");
            status = ExitCode.SOFTWARE;
        }
        err.flush();
        return status;
    }

    private static int usage(ParameterException wrong) {
        PrintWriter err = wrong.getCommandLine().getErr();
        err.println("psycache: "
                + (wrong instanceof UnmatchedArgumentException unmatched ? message(unmatched) : wrong.getMessage()));
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("Try '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private static String message(UnmatchedArgumentException wrong) {
        String first = "'" + wrong.getUnmatched().get(0) + "'";
        if (wrong.isUnknownOption()) {
            return "there is no option " + first;
        }
        if (!wrong.getCommandLine().getSubcommands().isEmpty()) {
            return "there is no command " + first;
        }
        return "too many arguments: '" + String.join("', '", wrong.getUnmatched()) + "'";
    }

    private static int failed(Commands commands, Exception failure, CommandLine command) {
        if (commands.verbose) {
            failure.printStackTrace(command.getErr());
        }
        if (failure instanceof IllegalArgumentException) {
            return usage(new ParameterException(command, String.valueOf(failure.getMessage())));
        }
        command.getErr().println("psycache: " + Failures.message(failure));
        return ExitCode.SOFTWARE;
    }
}

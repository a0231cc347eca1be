package io.psycache.cli;

import picocli.CommandLine;

/** The command line, for those who check how it is described. */
public final class DocumentedCommands {

    private DocumentedCommands() {}

    /** @throws CommandLine.ParameterException if there is no such command, option or argument */
    public static void parse(String... arguments) {
        new CommandLine(new Commands(name -> null, question -> false)).parseArgs(arguments);
    }
}

package io.psycache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The entry point of the jar. Results go to standard output, everything else to standard error; both are UTF-8. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Logger.getLogger("").setLevel(Level.OFF); // a failure is printed once, by this class
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        Commands commands = new Commands(System.getenv()::get, new ConsoleConfirmation());
        System.exit(Shell.run(commands, out, err, args));
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), UTF_8));
    }
}

package io.psycache.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks at the terminal. */
final class ConsoleConfirmation implements Confirmation {

    @Override
    public boolean isGiven(String question) {
        Console console = System.console();
        if (console == null || !isTerminal(console)) {
            throw new IllegalArgumentException("this is not a terminal, so nobody can be asked; say --yes");
        }
        String answer = console.readLine("%s [y/N] ", question);
        return answer != null && answer.trim().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    /** From JDK 22 on there is a console without a terminal too, and a method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            @Nullable Object answer = Console.class.getMethod("isTerminal").invoke(console);
            return Boolean.TRUE.equals(answer);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the console does not tell whether it is a terminal", e);
        }
    }
}

package io.psycache.documentation;

import java.util.ArrayList;
import java.util.List;

/**
 * A command of a shell as its words, without the variables set before it, redirections and comments.
 *
 * @param words the name of the program, and its arguments
 */
record ShellCommand(List<String> words) {

    /** The commands of a script, those of a pipe each on its own. */
    static List<ShellCommand> of(String script) {
        List<ShellCommand> commands = new ArrayList<>();
        for (String line : script.replace("\\\n", " ").lines().toList()) {
            List<String> words = new ArrayList<>();
            for (String word : split(line)) {
                if (word.equals("|") || word.equals("&&") || word.equals(";")) {
                    add(commands, words);
                    words = new ArrayList<>();
                } else {
                    words.add(word);
                }
            }
            add(commands, words);
        }
        return commands;
    }

    private static void add(List<ShellCommand> commands, List<String> words) {
        List<String> command = new ArrayList<>(words);
        while (!command.isEmpty() && command.get(0).matches("[A-Z_0-9]+=.*")) {
            command.remove(0);
        }
        for (int at = command.indexOf(">"); at >= 0; at = command.indexOf(">")) {
            command.subList(at, Math.min(at + 2, command.size())).clear();
        }
        if (!command.isEmpty()) {
            commands.add(new ShellCommand(List.copyOf(command)));
        }
    }

    /** Words with the quotes taken off, up to a comment. */
    private static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (char next : (line + " ").toCharArray()) {
            if (quote == 0 && next == '#' && word.isEmpty()) {
                break;
            } else if (next == quote) {
                quote = 0;
            } else if (quote == 0 && (next == '\'' || next == '"')) {
                quote = next;
            } else if (quote == 0 && next == ' ') {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(next);
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote without an end: " + line);
        }
        words.removeIf(String::isEmpty);
        return words;
    }

    String program() {
        return words.get(0);
    }

    List<String> arguments() {
        return words.subList(1, words.size());
    }

    /** The arguments that are no options, the values of options named in {@code valued} left out too. */
    List<String> operands(List<String> valued) {
        List<String> operands = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            if (valued.contains(words.get(i))) {
                i++;
            } else if (!words.get(i).startsWith("-")) {
                operands.add(words.get(i));
            }
        }
        return operands;
    }

    /** The value of an option; empty where it is not there. */
    String option(String name) {
        int at = words.indexOf(name);
        return at < 0 || at + 1 == words.size() ? "" : words.get(at + 1);
    }
}

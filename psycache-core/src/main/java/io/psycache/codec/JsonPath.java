package io.psycache.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Paths to places in a JSON value, such as {@code $.orders[0].note}. */
final class JsonPath {
    static final String ROOT = "$";
    private static final int LONGEST = 200;

    private JsonPath() {}

    /** The step to a member of an object. */
    static String member(@Nullable Object name) {
        String text = String.valueOf(name);
        return isIdentifier(text) ? "." + text : "['" + text + "']";
    }

    /** The step to an element of an array. */
    static String element(int index) {
        return "[" + index + "]";
    }

    /** {@code path} without its middle if it is too long for a message. */
    static String shortened(String path) {
        return path.length() <= LONGEST
                ? path
                : path.substring(0, LONGEST / 2) + "…" + path.substring(path.length() - LONGEST / 4);
    }

    /** The path to the value at {@code position} of {@code json}, which is well-formed. */
    static String at(String json, int position) {
        Deque<Level> levels = new ArrayDeque<>();
        int i = 0;
        while (i < position) {
            i = step(json, i, levels);
        }
        StringBuilder path = new StringBuilder(ROOT);
        for (Iterator<Level> outerFirst = levels.descendingIterator(); outerFirst.hasNext(); ) {
            path.append(outerFirst.next().step());
        }
        return shortened(path.toString());
    }

    private static int step(String json, int i, Deque<Level> levels) {
        switch (json.charAt(i)) {
            case '{' -> levels.push(new Level(false));
            case '[' -> levels.push(new Level(true));
            case '}', ']' -> levels.pop();
            case ',' -> levels.element().next();
            case '"' -> {
                int end = endOfString(json, i);
                if (!levels.isEmpty()) {
                    levels.element().string(json.substring(i + 1, Math.max(i + 1, end - 1)));
                }
                return end;
            }
            default -> {}
        }
        return i + 1;
    }

    private static int endOfString(String json, int start) {
        int i = start + 1;
        while (i < json.length() && json.charAt(i) != '"') {
            i += json.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && Character.isJavaIdentifierStart(text.charAt(0))
                && text.chars().allMatch(Character::isJavaIdentifierPart);
    }

    /** An array or object that the scan is in, and the position in it. */
    private static final class Level {
        private final boolean array;
        private int index;
        private @Nullable String name;

        Level(boolean array) {
            this.array = array;
        }

        void next() {
            index++;
            name = null;
        }

        void string(String text) {
            if (name == null) {
                name = text;
            }
        }

        String step() {
            if (array) {
                return element(index);
            }
            return name == null ? "" : member(name);
        }
    }
}

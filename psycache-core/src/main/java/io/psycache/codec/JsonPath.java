package io.psycache.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Paths to places in a JSON value, such as {@code $.orders[0].note}. */
final class JsonPath {
    static final String ROOT = "$";
    private static final int LONGEST = 200;

    /** Stands for the member of an object before its name. */
    private static final Object UNNAMED = new Object();

    private JsonPath() {}

    /** The step to a member of an object, by its name, or to an element of an array, by its {@link Integer index}. */
    static String step(@Nullable Object member) {
        String text = String.valueOf(member);
        if (member instanceof Integer) {
            return "[" + text + "]";
        }
        return isIdentifier(text) ? "." + text : "['" + text + "']";
    }

    private static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && Character.isJavaIdentifierStart(text.charAt(0))
                && text.chars().allMatch(Character::isJavaIdentifierPart);
    }

    /** {@code path} without its middle if it is too long for a message. */
    static String shortened(String path) {
        return path.length() <= LONGEST
                ? path
                : path.substring(0, LONGEST / 2) + "…" + path.substring(path.length() - LONGEST / 4);
    }

    /** The path to the value at {@code position} of {@code json}, which is well-formed. */
    static String at(String json, int position) {
        Deque<Object> levels = new ArrayDeque<>();
        for (int i = 0; i < position; ) {
            int end = json.charAt(i) == '"' ? endOfString(json, i) : i + 1;
            advance(levels, json, i, end);
            i = end;
        }
        StringBuilder path = new StringBuilder(ROOT);
        for (Iterator<Object> outerFirst = levels.descendingIterator(); outerFirst.hasNext(); ) {
            Object member = outerFirst.next();
            path.append(member == UNNAMED ? "" : step(member));
        }
        return shortened(path.toString());
    }

    private static void advance(Deque<Object> levels, String json, int start, int end) {
        switch (json.charAt(start)) {
            case '{' -> levels.push(UNNAMED);
            case '[' -> levels.push(0);
            case '}', ']' -> levels.pop();
            case ',' -> levels.push(levels.pop() instanceof Integer index ? index + 1 : UNNAMED);
            case '"' -> {
                if (levels.peek() == UNNAMED) {
                    levels.pop();
                    levels.push(json.substring(start + 1, Math.max(start + 1, end - 1)));
                }
            }
            default -> {}
        }
    }

    private static int endOfString(String json, int start) {
        int i = start + 1;
        while (i < json.length() && json.charAt(i) != '"') {
            i += json.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }
}

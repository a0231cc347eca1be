package io.psycache.codec;

import org.jspecify.annotations.Nullable;

/**
 * What did not come back as it was.
 *
 * @param path where, from the value that was compared, as {@link JsonPath} has it but without the root
 * @param reason what came back instead, and what to do about it
 */
record Difference(String path, String reason) {

    /** What came back instead of {@code original}; texts are not shown, as messages get into logs. */
    static Difference of(@Nullable Object original, @Nullable Object copy, String advice) {
        return new Difference("", describe(original) + " came back as " + describe(copy) + "; " + advice);
    }

    /** The same, seen from the value that holds the compared one at {@code step}. */
    Difference at(String step) {
        return new Difference(step + path, reason);
    }

    String message() {
        return JsonPath.shortened(JsonPath.ROOT + path) + ": " + reason;
    }

    private static String describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        String type = value.getClass().getTypeName();
        String name = type.startsWith("java.") ? value.getClass().getSimpleName() : type;
        return value instanceof Number ? value + " (" + name + ")" : "a value of type " + name;
    }
}

package io.psycache.codec;

import org.jspecify.annotations.Nullable;

/**
 * First difference between a value and the one that came back for it.
 *
 * @param path path from the compared value to the difference, as {@link JsonPath} writes it but without the root
 * @param reason what came back instead, and what to do about it
 */
record Difference(String path, String reason) {
    static final String KEEP_IT = "cache a DTO or a record, or make it part of the JSON";

    static Difference of(@Nullable Object original, @Nullable Object copy) {
        return of(original, copy, KEEP_IT);
    }

    /** Describes what came back instead of {@code original}. It shows no texts, since messages get into logs. */
    static Difference of(@Nullable Object original, @Nullable Object copy, String advice) {
        return new Difference("", describe(original) + " came back as " + describe(copy) + "; " + advice);
    }

    /** The same difference, seen from the value that holds the compared one as this {@linkplain JsonPath#step member}. */
    Difference in(Object member) {
        return new Difference(JsonPath.step(member) + path, reason);
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

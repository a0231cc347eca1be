package io.psycache.spring.keys;

/** Texts inside a cache key. */
final class KeyText {

    private KeyText() {}

    static String quoted(String text) {
        return '"' + escaped(text, "\"\\") + '"';
    }

    /** {@code text} for between parentheses. */
    static String escaped(String text) {
        return escaped(text, "()\\");
    }

    /** {@code text} with what could end it, and what PostgreSQL can't store, escaped as in Java. */
    private static String escaped(String text, String ends) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(character -> {
            if (character < ' ' || isLoneSurrogate(character)) {
                escaped.append(String.format("\\u%04x", character));
            } else {
                escaped.append(ends.indexOf(character) < 0 ? "" : "\\").appendCodePoint(character);
            }
        });
        return escaped.toString();
    }

    private static boolean isLoneSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }
}

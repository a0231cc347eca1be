package io.psycache.codec;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * JSON text that PostgreSQL's {@code jsonb} returns unchanged except for white space and the order of object keys.
 *
 * <p>{@code jsonb} holds numbers as {@code numeric}: up to 131,072 digits before and 16,383 after the decimal point, no
 * exponents, no negative zero. It refuses U+0000 and lone surrogates (PostgreSQL manual, "JSON Types").
 */
final class JsonText {
    private static final int INTEGER_DIGITS = 131_072;
    private static final int FRACTION_DIGITS = 16_383;

    private final String json;
    private final StringBuilder plain = new StringBuilder(0);
    private int copied;

    private JsonText(String json) {
        this.json = json;
    }

    /**
     * Writes the numbers of {@code json}, which is well-formed, without exponents. A negative zero becomes the string
     * {@code "-0.0"}, which Jackson reads as a negative zero if the declared type is a floating-point type.
     *
     * @throws CodecException if {@code jsonb} would refuse a text or a number
     */
    static String storable(String json) throws CodecException {
        return new JsonText(json).storable();
    }

    private String storable() throws CodecException {
        int i = 0;
        while (i < json.length()) {
            char c = json.charAt(i);
            if (c == '"') {
                i = string(i + 1);
            } else if (c == '-' || (c >= '0' && c <= '9')) {
                i = number(i);
            } else {
                i++;
            }
        }
        return copied == 0 ? json : plain.append(json, copied, json.length()).toString();
    }

    /** Checks the characters of the string that begins at {@code start} and returns the position after its quote. */
    private int string(int start) throws CodecException {
        boolean high = false;
        int i = start;
        while (json.charAt(i) != '"') {
            int next = afterCharacter(i);
            char c = character(i, next);
            if (c == 0 || high != Character.isLowSurrogate(c)) {
                throw refused(i, c);
            }
            high = Character.isHighSurrogate(c);
            i = next;
        }
        if (high) {
            throw refused(i - 1, 'x');
        }
        return i + 1;
    }

    private int afterCharacter(int i) {
        if (json.charAt(i) != '\\') {
            return i + 1;
        }
        return json.charAt(i + 1) == 'u' ? i + 6 : i + 2;
    }

    private char character(int i, int next) {
        return next - i == 6 ? (char) Integer.parseInt(json, i + 2, next, 16) : json.charAt(i);
    }

    private CodecException refused(int position, char c) {
        return new CodecException(JsonPath.at(json, position)
                + (c == 0
                        ? ": the text contains U+0000"
                        : ": the text contains half a surrogate pair, which is no character")
                + "; PostgreSQL's jsonb cannot hold it. Remove it, or cache the text as byte[]");
    }

    private int number(int start) throws CodecException {
        int end = start + 1;
        while (end < json.length() && "0123456789.eE+-".indexOf(json.charAt(end)) >= 0) {
            end++;
        }
        String written = writtenOut(start, json.substring(start, end));
        if (written != null) {
            plain.append(json, copied, start).append(written);
            copied = end;
        }
        return end;
    }

    /** The text to write instead of {@code number}; null = {@code number} itself. */
    private @Nullable String writtenOut(int position, String number) throws CodecException {
        boolean exponent = number.indexOf('E') >= 0 || number.indexOf('e') >= 0;
        boolean negativeZero = number.startsWith("-0");
        if (!exponent && !negativeZero && number.length() <= FRACTION_DIGITS) {
            return null;
        }
        BigDecimal value = inRange(position, number);
        if (negativeZero && value.signum() == 0) {
            return "\"-0.0\"";
        }
        return exponent ? plain(value, number) : null;
    }

    /** Only {@link Double#toString} has a point and no plus before an exponent; its values stay numbers with a point. */
    private static String plain(BigDecimal value, String number) {
        boolean floating = number.indexOf('.') >= 0 && number.indexOf('+') < 0;
        return value.toPlainString() + (floating && value.scale() <= 0 ? ".0" : "");
    }

    private BigDecimal inRange(int position, String number) throws CodecException {
        BigDecimal value = new BigDecimal(number);
        if ((long) value.precision() - value.scale() > INTEGER_DIGITS || value.scale() > FRACTION_DIGITS) {
            throw new CodecException(JsonPath.at(json, position)
                    + ": the number has more digits than PostgreSQL's numeric can hold. Cache it as a String");
        }
        return value;
    }
}

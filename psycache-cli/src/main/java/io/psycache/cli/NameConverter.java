package io.psycache.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Refuses a key or tag that is surely a mistake. */
final class NameConverter implements ITypeConverter<String> {

    /** The character that Java puts for bytes that the encoding of the locale does not have. */
    private static final char REPLACEMENT = '\uFFFD';

    @Override
    public String convert(String value) {
        if (DatabaseUrl.isUrl(value)) {
            throw new TypeConversionException("it looks like the URL, which comes after it");
        }
        if (value.indexOf(REPLACEMENT) >= 0) {
            throw new TypeConversionException(
                    "it has characters that the encoding of the locale lacks; set LC_ALL=C.UTF-8 or another of UTF-8");
        }
        return value;
    }
}

package io.psycache.codec;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;

/**
 * Codec that reads back the JSON that it writes, and refuses a value that does not come back equal. Without a declared type it
 * refuses only JSON that can't be read. Each Jackson has a subclass.
 */
abstract class VerifyingCodec implements CacheCodec {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final String TREE = " Cache a DTO or a record that is a tree, up to 500 levels deep";

    @Override
    public final byte[] encode(@Nullable Object value, @Nullable Type type) throws CodecException {
        if (value == null) {
            return NULL.clone();
        }
        try {
            return verified(value, type);
        } catch (StackOverflowError e) {
            throw new CodecException(JsonPath.ROOT + ": the value nests too deeply or refers to itself." + TREE, e);
        }
    }

    private byte[] verified(Object value, @Nullable Type type) throws CodecException {
        Type used = type == null ? Object.class : type;
        byte[] json = JsonText.storable(written(value, used)).getBytes(StandardCharsets.UTF_8);
        Object copy = readBack(json, used);
        Difference difference = type == null ? null : StateComparison.between(value, copy);
        if (difference != null) {
            throw new CodecException(difference.message());
        }
        return json;
    }

    private String written(Object value, Type type) throws CodecException {
        try {
            return write(HibernateState.loaded(value), type);
        } catch (Exception e) { // a serializer or a method of the application's may throw anything
            Failure failure = failureOf(e);
            throw new CodecException(failure.path() + ": " + whyNotWritten(failure, e), e);
        }
    }

    private @Nullable Object readBack(byte[] json, Type type) throws CodecException {
        try {
            return read(json, type);
        } catch (Exception e) { // a constructor or a method of the application's may throw anything
            Failure failure = failureOf(e);
            throw failure.toRead("its JSON can't be read back as ", type, "; " + howToRead(failure.type()), e);
        }
    }

    @Override
    public final @Nullable Object decode(byte[] json, Type type) throws CodecException {
        try {
            return read(json, type);
        } catch (Exception | StackOverflowError e) { // as in readBack
            throw failureOf(e).toRead("the JSON can't be read as ", type, "", e);
        }
    }

    private static String whyNotWritten(Failure failure, Exception e) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
        if (cause instanceof UnstorableValueException) {
            return String.valueOf(cause.getMessage());
        }
        return "it can't be written as JSON: " + failure.message() + (isEndless(cause) ? "." + TREE : "");
    }

    private static boolean isEndless(Throwable cause) {
        return cause instanceof StackOverflowError
                || cause.getClass().getSimpleName().equals("StreamConstraintsException")
                || String.valueOf(cause.getMessage()).contains("self-reference");
    }

    private static String howToRead(@Nullable Class<?> type) {
        return type != null && Modifier.isAbstract(type.getModifiers())
                ? "declare a concrete type, or let JSON tell which one it is with @JsonTypeInfo and @JsonSubTypes on "
                        + type.getName()
                : Difference.KEEP_IT;
    }

    /** Sets all features of a kind as Jackson has them by default, whatever the application has set. */
    static <F> void reset(F[] features, Predicate<F> byDefault, BiConsumer<F, Boolean> configure) {
        for (F feature : features) {
            configure.accept(feature, byDefault.test(feature));
        }
    }

    /** The JSON of {@code value} as Jackson writes it. */
    abstract String write(Object value, Type type) throws Exception;

    abstract @Nullable Object read(byte[] json, Type type) throws Exception;

    /** Details of Jackson's exception; of another exception its message. */
    abstract Failure failureOf(Throwable e);

    /** Details of a failure: the path, the message, and the type that Jackson could not handle, if it tells. */
    record Failure(String path, String message, @Nullable Class<?> type) {
        static Failure of(Throwable e) {
            return new Failure(JsonPath.ROOT, String.valueOf(e), null);
        }

        /** @param steps the names and indexes on the path */
        static Failure of(Stream<Object> steps, String message, @Nullable Class<?> type) {
            String path = steps.map(JsonPath::step).collect(Collectors.joining("", JsonPath.ROOT, ""));
            return new Failure(JsonPath.shortened(path), message, type);
        }

        CodecException toRead(String what, Type read, String advice, Throwable e) {
            return new CodecException(path + ": " + what + read.getTypeName() + ": " + message + advice, e);
        }
    }
}

package io.psycache;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a value is loaded.
 *
 * @param storeAs null = a loaded value is not stored
 * @param kind what the value is read as; callers with different kinds do not share a load
 * @param unreadable told why a stored value could not be read
 * @param notStored told why a value could not be stored; what it throws is thrown
 */
record Load(
        CacheView view,
        String key,
        Object kind,
        Function<@Nullable String, @Nullable Type> readAs,
        Function<@Nullable Object, @Nullable Type> storeAs,
        @Nullable Duration ttl,
        Callable<?> loader,
        Consumer<CacheValueException> unreadable,
        Consumer<RuntimeException> notStored) {

    /** Of the public API: values are read and stored as {@code type}, and what can't be stored is an error. */
    static Load of(CacheView view, String key, Type type, @Nullable Duration ttl, Callable<?> loader) {
        return new Load(
                view,
                Arguments.key(key),
                type,
                stored -> type,
                value -> value == null ? null : type,
                Arguments.ttl(ttl, "ttl"),
                Arguments.notNull(loader, "loader"),
                unreadable -> {},
                failure -> {
                    throw failure;
                });
    }

    /** This load, which runs {@code unstorable} where its value is not one to be stored. */
    Load noting(Runnable unstorable) {
        return new Load(
                view,
                key,
                kind,
                readAs,
                value -> {
                    Type type = storeAs.apply(value);
                    if (type == null) {
                        unstorable.run();
                    }
                    return type;
                },
                ttl,
                loader,
                unreadable,
                reason -> {
                    if (reason instanceof CacheValueException) {
                        unstorable.run();
                    }
                    notStored.accept(reason);
                });
    }

    Load withLoader(Callable<?> other) {
        return new Load(view, key, kind, readAs, storeAs, ttl, other, unreadable, notStored);
    }

    CacheLoadException failure(Throwable cause) {
        return view.keys().loadFailure(key, cause);
    }

    /** The loader of a caller that does not wait. */
    @SuppressWarnings("unchecked") // as the callers of getOrLoadAsync have to see to
    Callable<? extends CompletionStage<?>> stage() {
        return (Callable<? extends CompletionStage<?>>) loader;
    }
}

package io.psycache.internal.store;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** The value of an entry as one of its readers has decoded it, for others that would decode it alike. Thread-safe. */
public final class SharedValue {
    private volatile @Nullable Decoded last;

    /** A decoded value. */
    public record Decoded(Object codec, Type type, @Nullable Object value) {}

    /** The value as a reader with this codec and type has decoded it; null where none has. */
    public @Nullable Decoded decoded(Object codec, Type type) {
        Decoded known = last;
        return known != null && known.codec == codec && known.type.equals(type) ? known : null;
    }

    /** Keeps a decoded value for readers to come. */
    public void keep(Decoded decoded) {
        last = decoded;
    }
}

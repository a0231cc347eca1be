package io.psycache;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Contexts of a thread from which a loader may return what was read before it began, as from the persistence context of a JPA
 * {@code EntityManager}. A value that is loaded in one is stored only if nothing invalidated it since the context opened or was last
 * seen empty.
 */
@FunctionalInterface
public interface ReadContexts {

    /**
     * The contexts bound to the calling thread, each with whether it holds nothing yet; false where that can't be told. Asked at
     * each miss, so it must be cheap where there is none. Contexts are held weakly, and compared by {@code equals}, which must
     * be identity.
     */
    Map<?, Boolean> bound();

    /**
     * Has the listener told of each context that opens, on the thread that opens it and before anything is read in it. Without it only
     * what is loaded in a context that was seen empty is stored.
     *
     * @param listener takes the context, as {@link #bound()} has it; does not block
     * @return ends it; null = contexts are not told
     */
    default @Nullable Runnable onOpen(Consumer<Object> listener) {
        return null;
    }
}

package io.psycache;

import java.util.Map;

/**
 * Contexts of a thread from which a loader may return what was read before it began, as from the persistence context of a JPA
 * {@code EntityManager}. A value that is loaded in one is stored only if nothing invalidated it since the context was last seen
 * empty.
 */
@FunctionalInterface
public interface ReadContexts {

    /**
     * The contexts bound to the calling thread, each with whether it holds nothing yet; false where that can't be told. Asked at
     * each miss, so it must be cheap where there is none. Contexts are held weakly, and compared by {@code equals}, which must
     * be identity.
     */
    Map<?, Boolean> bound();
}

package io.psycache.interleaving;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a JPA {@code EntityManager} that is bound to a thread does: it returns the entity it has, whatever was committed since. */
final class PersistenceContext {
    private @Nullable Integer entity;

    int find(Caller caller) {
        if (entity == null) {
            entity = caller.data();
        }
        return entity;
    }

    /** As the cache is told of it; null = there is none. */
    static Map<?, Boolean> bound(@Nullable PersistenceContext context) {
        return context == null ? Map.of() : Map.of(context, context.entity == null);
    }
}

package io.psycache.spring;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Get or load, one load per key in this process: {@code sync = true}. */
final class SynchronizedLoads {
    private final RegionParts parts;

    SynchronizedLoads(RegionParts parts) {
        this.parts = parts;
    }

    @Nullable Object getOrLoad(String key, Invocation invocation, TrackedLoader loader) {
        Object value;
        try {
            value = load(key, invocation, loader);
        } catch (DataAccessException e) {
            if (loader.isCalled()) {
                throw e; // a failed put that is to propagate
            }
            parts.outcomes().getFailed(e);
            return loader.load(key);
        }
        parts.outcomes().gotOrLoaded(loader);
        return value;
    }

    private @Nullable Object load(String key, Invocation invocation, TrackedLoader loader) {
        Type declared = invocation.declaredType();
        return parts.region(invocation)
                .getOrLoad(
                        key,
                        parts.types().readAs(declared),
                        value -> storeAs(key, declared, value, loader),
                        parts.ttl().next(),
                        loader,
                        parts.outcomes()::unreadable,
                        reason -> {
                            loader.refuse();
                            parts.outcomes().notStored(reason);
                        });
    }

    private @Nullable Type storeAs(String key, @Nullable Type declared, @Nullable Object value, TrackedLoader loader) {
        loader.offer();
        Type type = parts.storeAs(key, declared, value);
        if (type == null) {
            loader.refuse();
        }
        return type;
    }
}

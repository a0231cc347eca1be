package io.psycache.spring.boot.actuate;

import java.util.List;

/** What the endpoint answers with. */
public final class EndpointAnswers {
    public static final List<Class<?>> TYPES = List.of(
            PsycacheDescriptor.class,
            CacheDescriptor.class,
            PsycacheEndpoint.Caches.class,
            PsycacheEndpoint.Removed.class,
            PsycacheEndpoint.Deleted.class,
            PsycacheEndpoint.Problem.class);

    private EndpointAnswers() {}
}

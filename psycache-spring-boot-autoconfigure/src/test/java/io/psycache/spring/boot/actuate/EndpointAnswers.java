package io.psycache.spring.boot.actuate;

import java.util.List;

/** What the endpoint answers with. */
public final class EndpointAnswers {
    public static final List<Class<?>> TYPES = List.of(PsycacheDescriptor.class, CacheDescriptor.class);

    private EndpointAnswers() {}
}

package io.psycache.spring;

/** Effect of a failing get or put on the application. A failing evict or clear always propagates. */
public enum FailurePolicy {

    /** A failing get is a miss and a failing put is skipped, counted and logged at most once in 10 seconds per cause. */
    MISS,

    /** The failure goes to Spring's {@link org.springframework.cache.interceptor.CacheErrorHandler}. */
    PROPAGATE
}

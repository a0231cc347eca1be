package io.psycache.spring.boot;

/** The order of the advice of methods that are both cached and transactional. */
public enum AdviceOrder {

    /** psycache: puts and evictions inside the transaction, lookups outside it, unless the application sets an order. */
    MANAGED,

    /** Spring: by its defaults, evictions after the commit. */
    SPRING
}

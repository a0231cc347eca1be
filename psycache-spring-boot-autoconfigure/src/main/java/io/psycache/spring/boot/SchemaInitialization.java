package io.psycache.spring.boot;

/** What happens to the tables of the cache when the application starts. */
public enum SchemaInitialization {

    /** What is missing is created, after the application's own migrations. */
    ALWAYS,

    /** Nothing is created; a missing table stops the start. */
    NEVER
}

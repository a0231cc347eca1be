package io.psycache.spring.boot;

/** Whether the tables of the cache are created or checked when the application starts. */
public enum SchemaInitialization {

    /** Missing tables are created, after the application's own migrations. */
    ALWAYS,

    /** Nothing is created; a missing table stops the start. */
    NEVER
}

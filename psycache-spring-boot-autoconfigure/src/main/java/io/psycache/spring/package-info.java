/** Spring's cache abstraction on {@link io.psycache.PostgresCache}, without Spring Boot. */
@NullMarked
package io.psycache.spring;

import org.jspecify.annotations.NullMarked;

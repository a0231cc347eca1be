/** The PostgreSQL of development by Docker Compose, that of tests by Testcontainers. */
@NullMarked
package io.psycache.samples.containers;

import org.jspecify.annotations.NullMarked;

/** The cache: {@link io.psycache.PostgresCache}, its builder and its schema. */
@NullMarked
package io.psycache;

import org.jspecify.annotations.NullMarked;

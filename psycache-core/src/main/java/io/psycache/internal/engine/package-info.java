/** The cache behind the API, put together. */
@NullMarked
package io.psycache.internal.engine;

import org.jspecify.annotations.NullMarked;

/** Meters, observations and spans of the cache, where their libraries are. */
@NullMarked
package io.psycache.spring.boot.instrumentation;

import org.jspecify.annotations.NullMarked;

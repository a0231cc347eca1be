/** The interface that observers of the cache implement, and what they are told. */
@NullMarked
package io.psycache.instrumentation;

import org.jspecify.annotations.NullMarked;

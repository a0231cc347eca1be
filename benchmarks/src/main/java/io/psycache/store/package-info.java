/** The door of the benchmarks to the statements of the store. */
@NullMarked
package io.psycache.store;

import org.jspecify.annotations.NullMarked;

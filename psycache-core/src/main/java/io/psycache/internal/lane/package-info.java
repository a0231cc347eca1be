/** Coalescing and asynchrony; knows no SQL. */
@NullMarked
package io.psycache.internal.lane;

import org.jspecify.annotations.NullMarked;

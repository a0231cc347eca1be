/** Coalescing and asynchrony; knows no SQL. */
@NullMarked
package io.psycache.lane;

import org.jspecify.annotations.NullMarked;

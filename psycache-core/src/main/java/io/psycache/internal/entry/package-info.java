/** Gets, puts, removals and counters of entries: values to rows and back, told to observers. */
@NullMarked
package io.psycache.internal.entry;

import org.jspecify.annotations.NullMarked;

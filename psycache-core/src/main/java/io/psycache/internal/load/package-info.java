/** One load per key. */
@NullMarked
package io.psycache.internal.load;

import org.jspecify.annotations.NullMarked;

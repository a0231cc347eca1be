/** Copies of entries in the process, and what the log of invalidations says about them. */
@NullMarked
package io.psycache.internal.near;

import org.jspecify.annotations.NullMarked;

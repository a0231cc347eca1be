/** Sweeps expired and invalidated entries, collects the invalidation log, and estimates what the tables hold. */
@NullMarked
package io.psycache.internal.store.maintenance;

import org.jspecify.annotations.NullMarked;

/** Sweeping ended entries and collecting the invalidation log. */
@NullMarked
package io.psycache.internal.store.maintenance;

import org.jspecify.annotations.NullMarked;

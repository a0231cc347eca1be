/** Sweeping ended entries and collecting the invalidation log. */
@NullMarked
package io.psycache.maintenance;

import org.jspecify.annotations.NullMarked;

/** Creates, upgrades, checks, grants and drops the tables. */
@NullMarked
package io.psycache.internal.store.schema;

import org.jspecify.annotations.NullMarked;

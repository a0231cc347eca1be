/** The tables: made, upgraded, checked, granted and dropped. */
@NullMarked
package io.psycache.internal.store.schema;

import org.jspecify.annotations.NullMarked;

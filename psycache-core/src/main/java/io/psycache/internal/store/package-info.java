/** The tables, and the only place with SQL and JDBC. */
@NullMarked
package io.psycache.internal.store;

import org.jspecify.annotations.NullMarked;

/** The tables, and the only place with SQL and JDBC. */
@NullMarked
package io.psycache.store;

import org.jspecify.annotations.NullMarked;

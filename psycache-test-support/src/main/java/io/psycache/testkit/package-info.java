/** The PostgreSQL that the tests run on. */
@NullMarked
package io.psycache.testkit;

import org.jspecify.annotations.NullMarked;

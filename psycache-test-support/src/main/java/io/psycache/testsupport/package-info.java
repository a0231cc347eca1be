/** The PostgreSQL that the tests run on. */
@NullMarked
package io.psycache.testsupport;

import org.jspecify.annotations.NullMarked;

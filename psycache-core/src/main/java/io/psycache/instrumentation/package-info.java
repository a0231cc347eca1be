/** What an observer of the cache implements. */
@NullMarked
package io.psycache.instrumentation;

import org.jspecify.annotations.NullMarked;

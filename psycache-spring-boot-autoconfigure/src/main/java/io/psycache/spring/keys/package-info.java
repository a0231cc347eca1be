/** Cache keys as text, and what a key carries to the cache from the method that is called. */
@NullMarked
package io.psycache.spring.keys;

import org.jspecify.annotations.NullMarked;

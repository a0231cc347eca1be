/** The expressions in the annotations of methods, and the tags that come of them. */
@NullMarked
package io.psycache.spring.tags;

import org.jspecify.annotations.NullMarked;

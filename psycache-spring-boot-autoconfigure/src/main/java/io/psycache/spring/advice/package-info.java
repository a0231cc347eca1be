/** What surrounds cached methods: the configurers that an application declares as beans, and what they add to its context. */
@NullMarked
package io.psycache.spring.advice;

import org.jspecify.annotations.NullMarked;

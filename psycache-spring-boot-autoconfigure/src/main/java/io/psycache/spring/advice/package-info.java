/** Advice around cached methods: the configurers that you declare as beans, and the beans that they add. */
@NullMarked
package io.psycache.spring.advice;

import org.jspecify.annotations.NullMarked;

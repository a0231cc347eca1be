/** A slow report over real flights that {@code @Cacheable} makes fast, and a page that shows what happens. */
@NullMarked
package io.psycache.samples.quickstart;

import org.jspecify.annotations.NullMarked;

/** What the cache costs, measured. */
@NullMarked
package io.psycache.benchmarks;

import org.jspecify.annotations.NullMarked;

/** Meters and observations of Micrometer, for which {@code micrometer-core} must be on the class path. */
@NullMarked
package io.psycache.instrumentation.micrometer;

import org.jspecify.annotations.NullMarked;

/** Spans of Sentry, for which its SDK must be on the class path. */
@NullMarked
package io.psycache.instrumentation.sentry;

import org.jspecify.annotations.NullMarked;

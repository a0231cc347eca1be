/** What stops the start, and the analysis that says what to do. */
@NullMarked
package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.NullMarked;

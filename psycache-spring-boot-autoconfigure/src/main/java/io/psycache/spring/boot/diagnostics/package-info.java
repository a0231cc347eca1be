/** Failures that stop the start, and their analysis, which says how to cure them. */
@NullMarked
package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.NullMarked;

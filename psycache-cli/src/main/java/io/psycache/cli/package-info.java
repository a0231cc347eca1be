/** The command line: a runnable jar on the public API of the cache. */
@NullMarked
package io.psycache.cli;

import org.jspecify.annotations.NullMarked;

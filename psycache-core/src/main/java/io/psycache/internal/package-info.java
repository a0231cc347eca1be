/** Helpers of the packages below; nothing below this package is API. */
@NullMarked
package io.psycache.internal;

import org.jspecify.annotations.NullMarked;

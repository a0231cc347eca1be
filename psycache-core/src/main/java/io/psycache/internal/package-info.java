/** What the packages below share; nothing below this package is API. */
@NullMarked
package io.psycache.internal;

import org.jspecify.annotations.NullMarked;

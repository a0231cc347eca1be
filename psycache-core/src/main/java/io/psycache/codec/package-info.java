/** Codecs that write values as JSON and read them back, with Jackson 2 and Jackson 3. */
@NullMarked
package io.psycache.codec;

import org.jspecify.annotations.NullMarked;

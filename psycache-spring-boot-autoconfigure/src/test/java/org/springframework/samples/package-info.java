/** An application whose package is below Spring's, as that of Spring's samples. */
@NullMarked
package org.springframework.samples;

import org.jspecify.annotations.NullMarked;

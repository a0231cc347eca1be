/** The actuator endpoint and the health of the cache. */
@NullMarked
package io.psycache.spring.boot.actuate;

import org.jspecify.annotations.NullMarked;

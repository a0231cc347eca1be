/** Auto-configuration of psycache for Spring Boot: one artifact for Boot 3.5 and 4. */
@NullMarked
package io.psycache.spring.boot;

import org.jspecify.annotations.NullMarked;

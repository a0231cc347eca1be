/** The type that a value is stored and read as, from what methods declare and what the table has. */
@NullMarked
package io.psycache.spring.types;

import org.jspecify.annotations.NullMarked;

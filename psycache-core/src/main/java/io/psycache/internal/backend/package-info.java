/** The entries as callers reach them: outside a transaction, in their own, or in one elsewhere. */
@NullMarked
package io.psycache.internal.backend;

import org.jspecify.annotations.NullMarked;

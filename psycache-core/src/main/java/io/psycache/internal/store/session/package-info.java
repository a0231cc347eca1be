/** The connections that statements run on, their deadlines and their errors. */
@NullMarked
package io.psycache.internal.store.session;

import org.jspecify.annotations.NullMarked;

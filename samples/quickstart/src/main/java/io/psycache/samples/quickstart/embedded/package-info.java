/** The PostgreSQL that the sample brings, for want of another. Your application has its own. */
@NullMarked
package io.psycache.samples.quickstart.embedded;

import org.jspecify.annotations.NullMarked;

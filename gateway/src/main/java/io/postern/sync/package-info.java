/** From PostgreSQL to the index: one cycle that reads, one supervisor that keeps it going. */
@NullMarked
package io.postern.sync;

import org.jspecify.annotations.NullMarked;

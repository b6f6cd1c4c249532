/** Postern and what one would pick instead, doing the same work on the same machine in one run. */
@NullMarked
package io.postern.bench.peers;

import org.jspecify.annotations.NullMarked;

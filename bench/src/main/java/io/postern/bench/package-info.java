/** Benchmarks of the token path. */
@NullMarked
package io.postern.bench;

import org.jspecify.annotations.NullMarked;

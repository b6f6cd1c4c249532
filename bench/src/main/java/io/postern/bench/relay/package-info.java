/** The relay and obtain over HTTP, beside their floors. */
@NullMarked
package io.postern.bench.relay;

import org.jspecify.annotations.NullMarked;

/** The load of a whole gateway, in a process of its own, beside the ceiling of a bare handler. */
@NullMarked
package io.postern.bench.load;

import org.jspecify.annotations.NullMarked;

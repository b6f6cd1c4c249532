/**
 * Used assertions that are remembered outside of this process, where other gateways and the next
 * start see them.
 */
@NullMarked
package io.postern.replay;

import org.jspecify.annotations.NullMarked;

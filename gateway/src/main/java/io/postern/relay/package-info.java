/**
 * The relay: calls the service of a hosted credential for an agent that is linked to it, with the
 * value put in on the way.
 */
@NullMarked
package io.postern.relay;

import org.jspecify.annotations.NullMarked;

/** A handler for Vert.x Web 5. */
@NullMarked
package io.postern.verifier.vertx;

import org.jspecify.annotations.NullMarked;

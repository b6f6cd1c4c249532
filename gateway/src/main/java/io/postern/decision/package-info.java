/**
 * What was decided about each token request, and who is told: metrics, the memory of the last
 * decisions and the decision log. Nobody here keeps an event loop waiting.
 */
@NullMarked
package io.postern.decision;

import org.jspecify.annotations.NullMarked;

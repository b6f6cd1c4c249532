/**
 * What was decided about each token request, and who is told: metrics and the decision log. Nobody
 * here keeps an event loop waiting.
 */
@NullMarked
package io.postern.decision;

import org.jspecify.annotations.NullMarked;

/**
 * Hot memory: the immutable image that answers every token request, and its one publication. Pure.
 */
@NullMarked
package io.postern.index;

import org.jspecify.annotations.NullMarked;

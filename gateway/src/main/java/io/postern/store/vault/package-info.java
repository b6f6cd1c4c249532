/**
 * Hosted credentials, their sealed values, the links to them, their use, and the tokens that
 * providers issue to them: a table a class.
 */
@NullMarked
package io.postern.store.vault;

import org.jspecify.annotations.NullMarked;

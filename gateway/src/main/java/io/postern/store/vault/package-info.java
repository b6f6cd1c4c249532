/** Hosted credentials, their values and links, and the tokens that providers issue to them. */
@NullMarked
package io.postern.store.vault;

import org.jspecify.annotations.NullMarked;

/** The tables of not-before lines. */
@NullMarked
package io.postern.store.revocation;

import org.jspecify.annotations.NullMarked;

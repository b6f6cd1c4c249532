/** Signature algorithms, keys and the strict reading of compact JWTs. Pure. */
@NullMarked
package io.postern.jose;

import org.jspecify.annotations.NullMarked;

/** Providers of cryptography, and the keys that protect what lies in the database. Pure. */
@NullMarked
package io.postern.crypto;

import org.jspecify.annotations.NullMarked;

/** Data keys and signing keys in PostgreSQL, sealed, and how they change. */
@NullMarked
package io.postern.store.keys;

import org.jspecify.annotations.NullMarked;

/** All SQL, and the migrations of the schema. */
@NullMarked
package io.postern.store;

import org.jspecify.annotations.NullMarked;

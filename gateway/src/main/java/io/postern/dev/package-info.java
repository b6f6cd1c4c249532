/**
 * What {@code postern dev} and the tests need in place of a deployment: a PostgreSQL of their own.
 */
@NullMarked
package io.postern.dev;

import org.jspecify.annotations.NullMarked;

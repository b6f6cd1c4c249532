/** The public listener: token endpoint, keys, metadata; and the health endpoints. */
@NullMarked
package io.postern.http;

import org.jspecify.annotations.NullMarked;

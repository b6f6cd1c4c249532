/** A filter for Jakarta Servlet 6. */
@NullMarked
package io.postern.verifier.servlet;

import org.jspecify.annotations.NullMarked;

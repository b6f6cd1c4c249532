/** Who is asking: registered clients, their credentials and how these are checked. Pure. */
@NullMarked
package io.postern.client;

import org.jspecify.annotations.NullMarked;

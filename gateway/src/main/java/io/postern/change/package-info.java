/** What can change in the registry, and the revision it changed at. Pure. */
@NullMarked
package io.postern.change;

import org.jspecify.annotations.NullMarked;

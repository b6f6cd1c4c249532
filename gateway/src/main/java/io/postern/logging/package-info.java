/** How the log looks: text or JSON, on stderr. */
@NullMarked
package io.postern.logging;

import org.jspecify.annotations.NullMarked;

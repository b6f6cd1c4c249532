/** The commands of {@code postern} and the reading of their settings. */
@NullMarked
package io.postern.command;

import org.jspecify.annotations.NullMarked;

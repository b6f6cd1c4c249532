/** Coverage-guided fuzzing of what strangers may send. */
@NullMarked
package io.postern.fuzz;

import org.jspecify.annotations.NullMarked;

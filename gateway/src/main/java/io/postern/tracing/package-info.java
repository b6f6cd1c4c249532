/** Traces by OpenTelemetry: which requests are recorded, what of them, and where it is sent. */
@NullMarked
package io.postern.tracing;

import org.jspecify.annotations.NullMarked;

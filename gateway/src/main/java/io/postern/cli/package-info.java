/** What the commands talk to a gateway with: its admin API and token endpoint from outside. */
@NullMarked
package io.postern.cli;

import org.jspecify.annotations.NullMarked;

/** What is in {@code deploy/}, given to the tools that will read it. */
@NullMarked
package io.postern.deploy;

import org.jspecify.annotations.NullMarked;

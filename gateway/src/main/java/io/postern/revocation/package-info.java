/** Not-before lines: what ends something before its time. */
@NullMarked
package io.postern.revocation;

import org.jspecify.annotations.NullMarked;

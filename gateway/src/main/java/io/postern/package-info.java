@NullMarked
package io.postern;

import org.jspecify.annotations.NullMarked;

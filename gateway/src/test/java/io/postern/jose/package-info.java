@org.jspecify.annotations.NullMarked
package io.postern.jose;

@org.jspecify.annotations.NullMarked
package io.postern.revocation;

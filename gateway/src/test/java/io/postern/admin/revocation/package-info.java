@org.jspecify.annotations.NullMarked
package io.postern.admin.revocation;

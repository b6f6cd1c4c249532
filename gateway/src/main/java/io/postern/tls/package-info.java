/** TLS of the listeners: certificates and keys from files, and their exchange while serving. */
@NullMarked
package io.postern.tls;

import org.jspecify.annotations.NullMarked;

/** A decoder for the OAuth 2.0 resource server of Spring Security 7. */
@NullMarked
package io.postern.verifier.spring;

import org.jspecify.annotations.NullMarked;

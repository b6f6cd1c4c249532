/**
 * Verifies Postern's access tokens in the service that they are for, and follows the issuer's
 * not-before lines. Start at {@link io.postern.verifier.PosternVerifier}.
 */
@NullMarked
package io.postern.verifier;

import org.jspecify.annotations.NullMarked;

/** The use case: from a token request and an image to an access token or a refusal. Pure. */
@NullMarked
package io.postern.token;

import org.jspecify.annotations.NullMarked;

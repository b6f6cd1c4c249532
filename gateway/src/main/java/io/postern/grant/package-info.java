/** What a client may have: grants and the decision on a request's scopes. Pure. */
@NullMarked
package io.postern.grant;

import org.jspecify.annotations.NullMarked;

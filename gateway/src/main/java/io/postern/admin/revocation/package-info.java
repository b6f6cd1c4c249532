/** What ends tokens before their time, as administrators ask for it. */
@NullMarked
package io.postern.admin.revocation;

import org.jspecify.annotations.NullMarked;

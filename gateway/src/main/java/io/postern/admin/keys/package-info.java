/** The keys that sign access tokens. */
@NullMarked
package io.postern.admin.keys;

import org.jspecify.annotations.NullMarked;

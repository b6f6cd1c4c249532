/** Hosted credentials, their values, links to them and their use, as administrators see them. */
@NullMarked
package io.postern.admin.vault;

import org.jspecify.annotations.NullMarked;

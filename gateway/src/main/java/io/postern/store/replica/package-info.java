/** Which gateways run on the database, and the revision that each answers by. */
@NullMarked
package io.postern.store.replica;

import org.jspecify.annotations.NullMarked;

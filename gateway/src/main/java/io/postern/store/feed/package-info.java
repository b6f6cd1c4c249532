/** From the change feed and the tables to what the index is made of. */
@NullMarked
package io.postern.store.feed;

import org.jspecify.annotations.NullMarked;

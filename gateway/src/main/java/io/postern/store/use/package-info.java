/** What was used, and when: assertions, which are good once, and credentials. */
@NullMarked
package io.postern.store.use;

import org.jspecify.annotations.NullMarked;

/**
 * Applications, scopes, secrets, keys and grants in PostgreSQL: a table a class, a row a record.
 */
@NullMarked
package io.postern.store.registry;

import org.jspecify.annotations.NullMarked;

/**
 * The database: connections and their failures, statements and transactions, the schema and what it
 * forbids.
 */
@NullMarked
package io.postern.store.database;

import org.jspecify.annotations.NullMarked;

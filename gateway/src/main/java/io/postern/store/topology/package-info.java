/**
 * Many agents and services at a time in PostgreSQL: what there is, and the plan that changes it.
 */
@NullMarked
package io.postern.store.topology;

import org.jspecify.annotations.NullMarked;

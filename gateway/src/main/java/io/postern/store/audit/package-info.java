/**
 * The record of what was done, the answers kept for repeated requests, and when both are forgotten.
 */
@NullMarked
package io.postern.store.audit;

import org.jspecify.annotations.NullMarked;

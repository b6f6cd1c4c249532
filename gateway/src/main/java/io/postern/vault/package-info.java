/**
 * Hosted credentials: what they are, which agents may obtain them or call through the relay, and
 * where a relayed request may go. Pure: no HTTP, no SQL, no clock of its own.
 */
@NullMarked
package io.postern.vault;

import org.jspecify.annotations.NullMarked;

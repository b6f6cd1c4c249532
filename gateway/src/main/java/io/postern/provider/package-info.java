/**
 * Access tokens that providers issue to hosted OAuth clients (RFC 6749 §4.4): obtained once for all
 * gateways, kept sealed, renewed before their end.
 */
@NullMarked
package io.postern.provider;

import org.jspecify.annotations.NullMarked;

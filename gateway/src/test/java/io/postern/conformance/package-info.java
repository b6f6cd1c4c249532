/**
 * The gateway against the standards, over HTTP: one class for a standard or a concern, one nested
 * class for a section.
 */
package io.postern.conformance;

/** Agents and services as one document, and one of them with what it reaches. */
@NullMarked
package io.postern.admin.topology;

import org.jspecify.annotations.NullMarked;

/** The OpenAPI document: which operations there are, and what a request may say. */
@NullMarked
package io.postern.admin.contract;

import org.jspecify.annotations.NullMarked;

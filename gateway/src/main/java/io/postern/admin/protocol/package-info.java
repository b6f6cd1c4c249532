/**
 * What all operations share: requests, answers, problems, paging, idempotency, and waiting for the
 * index.
 */
@NullMarked
package io.postern.admin.protocol;

import org.jspecify.annotations.NullMarked;

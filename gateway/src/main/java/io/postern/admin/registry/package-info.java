/** Agents, services, their scopes, credentials and grants. */
@NullMarked
package io.postern.admin.registry;

import org.jspecify.annotations.NullMarked;

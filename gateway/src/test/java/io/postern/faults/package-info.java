/**
 * The fault suite: several gateways as processes, a PostgreSQL that is broken in every way that
 * databases and networks break, and a checker that knows what may be issued.
 */
package io.postern.faults;

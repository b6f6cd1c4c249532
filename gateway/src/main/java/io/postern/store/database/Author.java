package io.postern.store.database;

/**
 * Who makes a change, for the audit.
 *
 * @param actor the {@code client_id}
 * @param source the address that the request came from
 */
public record Author(String actor, String source) {}

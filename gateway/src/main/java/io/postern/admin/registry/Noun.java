package io.postern.admin.registry;

/**
 * What rows of one kind are called.
 *
 * @param many their segment in paths
 * @param id the member that names one, in paths too
 */
public record Noun(String one, String many, String id) {}

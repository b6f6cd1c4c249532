package io.postern.store;

import org.jspecify.annotations.Nullable;

/** A scope of a service. */
public record ScopeRow(String value, @Nullable String name, RowMeta meta) {}

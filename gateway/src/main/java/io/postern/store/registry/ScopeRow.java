package io.postern.store.registry;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import org.jspecify.annotations.Nullable;

/** A scope of a service. */
public record ScopeRow(String value, @Nullable String name, RowMeta meta) implements RegistryRow {}

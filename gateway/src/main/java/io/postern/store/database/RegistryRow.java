package io.postern.store.database;

/** A row of the registry. */
public interface RegistryRow {
  RowMeta meta();
}

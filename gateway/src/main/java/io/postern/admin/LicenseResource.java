package io.postern.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.postern.store.Registry;

/** How many applications there are, and how many there may be. */
final class LicenseResource {
  private final Registry registry;
  private final License license;

  LicenseResource(Registry registry, License license) {
    this.registry = registry;
    this.license = license;
  }

  AdminResponse get(AdminRequest request) {
    return AdminResponse.ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("used", registry.read().applications().countLicensed())
            .put("limit", license.limit()));
  }
}

package io.postern.admin.operations;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.registry.License;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationTable;

/** How many applications there are, and how many there may be. */
public final class LicenseResource {
  private final Transactions transactions;
  private final License license;

  public LicenseResource(Transactions transactions, License license) {
    this.transactions = transactions;
    this.license = license;
  }

  public AdminResponse get(AdminRequest request) {
    return AdminResponse.ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("used", new ApplicationTable(transactions.read()).countLicensed())
            .put("limit", license.limit()));
  }
}

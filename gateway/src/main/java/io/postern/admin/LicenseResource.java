package io.postern.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.postern.store.ApplicationTable;
import io.postern.store.Transactions;

/** How many applications there are, and how many there may be. */
final class LicenseResource {
  private final Transactions transactions;
  private final License license;

  LicenseResource(Transactions transactions, License license) {
    this.transactions = transactions;
    this.license = license;
  }

  AdminResponse get(AdminRequest request) {
    return AdminResponse.ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("used", new ApplicationTable(transactions.read()).countLicensed())
            .put("limit", license.limit()));
  }
}

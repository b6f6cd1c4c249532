package io.postern.admin.registry;

import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.store.database.RegistryRow;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.OwnedTable;
import java.util.List;

/** Rows that belong to an application, below which a path names them. */
public abstract class OwnedResource<R extends RegistryRow> extends RowResource<R> {
  protected final Owner owner;
  private final Noun noun;

  protected OwnedResource(
      Transactions transactions, RegistryWriter writer, Owner owner, Noun noun) {
    super(transactions, writer, noun.many());
    this.owner = owner;
    this.noun = noun;
  }

  protected abstract OwnedTable<R> table(Statements statements);

  @Override
  protected final List<R> rows(Statements statements, AdminRequest request, Page page) {
    String ownerId = owner.require(statements, request).id();
    return table(statements).list(ownerId, page.after(), page.rowsToRead());
  }

  @Override
  protected R require(Statements statements, AdminRequest request) {
    return require(statements, owner.require(statements, request).id(), request.path(noun.id()));
  }

  protected final R require(Statements statements, String ownerId, String id) {
    return require(isPossible(id) ? table(statements).find(ownerId, id) : null, noun.one());
  }

  @Override
  protected final void remove(Statements statements, AdminRequest request) {
    table(statements).delete(owner.id(request), request.path(noun.id()));
  }

  /** Shows a row that has just been made. */
  protected final AdminResponse created(Statements statements, String ownerId, String id) {
    return created(require(statements, ownerId, id), path(ownerId, id));
  }

  /** The segments of the path to a row. */
  protected final String[] path(String ownerId, String id) {
    return new String[] {owner.segment(), ownerId, noun.many(), id};
  }
}

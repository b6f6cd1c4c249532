package io.postern.admin.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Immutable;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.store.database.RegistryRow;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one kind: how they are listed, shown, patched and deleted, which is the same for all
 * kinds. How one is made is the kind's own.
 */
public abstract class RowResource<R extends RegistryRow> {
  protected final RegistryWriter writer;
  private final Transactions transactions;
  private final String segment;

  /**
   * @param segment what lists of them are called in paths
   */
  protected RowResource(Transactions transactions, RegistryWriter writer, String segment) {
    this.transactions = transactions;
    this.writer = writer;
    this.segment = segment;
  }

  /** The rows of the page, and the one after it. */
  protected abstract List<R> rows(Statements statements, AdminRequest request, Page page);

  /** The row that the path names; a problem when there is none. */
  protected abstract R require(Statements statements, AdminRequest request);

  /** Deletes the row that the path names, which is there. */
  protected abstract void remove(Statements statements, AdminRequest request);

  protected abstract ObjectNode json(R row);

  public final AdminResponse list(AdminRequest request) {
    Page page = Page.of(segment, request.query());
    return page.response(
        rows(transactions.read(), request, page), row -> row.meta().creationNumber(), this::json);
  }

  public final AdminResponse get(AdminRequest request) {
    return show(request, require(transactions.read(), request));
  }

  /** The answer to a GET. */
  protected AdminResponse show(AdminRequest request, R row) {
    return request.show(row.meta().revision(), json(row));
  }

  public final AdminResponse delete(AdminRequest request) {
    return writer.write(
        request,
        statements -> {
          R row = require(statements, request);
          request.requireMatch(row.meta().revision());
          remove(statements, request);
          return AdminResponse.noContent();
        });
  }

  /** Changes a row that the client knows as it is, and shows it. */
  protected final AdminResponse patch(
      AdminRequest request, Immutable immutable, BiConsumer<Statements, R> change) {
    return writer.write(
        request,
        statements -> {
          R row = require(statements, request);
          request.requireMatch(row.meta().revision());
          immutable.check(json(row));
          change.accept(statements, row);
          return shown(require(statements, request));
        });
  }

  protected final AdminResponse shown(R row) {
    return AdminResponse.ok(json(row)).tagged(row.meta().revision());
  }

  /**
   * Shows a row that has been made.
   *
   * @param path to it below the API's root, its segments not yet encoded
   */
  protected final AdminResponse created(R row, String... path) {
    return AdminResponse.created(json(row), path).tagged(row.meta().revision());
  }

  public static <T> T require(@Nullable T found, String what) {
    if (found == null) {
      throw Problem.notFound("There is no such " + what + ".").exception();
    }
    return found;
  }

  /** Whether PostgreSQL can be asked for that text. */
  public static boolean isPossible(String id) {
    return id.indexOf('\0') < 0;
  }
}

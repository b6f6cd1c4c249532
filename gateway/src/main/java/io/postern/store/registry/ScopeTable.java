package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code scope}. One that is deleted leaves every grant, too. */
public final class ScopeTable extends OwnedTable<ScopeRow> {
  private static final String SELECT = "select value, name, " + RowMeta.COLUMNS + " from scope ";

  public ScopeTable(Statements statements) {
    super(statements, SELECT, "scope", "application_id", "value");
  }

  /** Those of the values that are scopes of the application. */
  public Set<String> existing(String applicationId, List<String> values) {
    return statements
        .query(
            "select value from scope where application_id = $1 and value = any ($2)",
            applicationId,
            values.toArray(String[]::new))
        .stream()
        .map(row -> row.getString("value"))
        .collect(Collectors.toSet());
  }

  /** Inserts scopes in their order. */
  public void insert(String applicationId, List<ApplicationRow.Scope> scopes) {
    statements.query(
        """
        insert into scope (application_id, value, name)
        select $1, value, name from unnest($2::text[], $3::text[]) with ordinality
          as given (value, name, position)
        order by position
        """,
        applicationId,
        scopes.stream().map(ApplicationRow.Scope::value).toArray(String[]::new),
        scopes.stream().map(ApplicationRow.Scope::name).toArray(String[]::new));
  }

  /** Gives a scope another value, in every grant too. */
  public void rename(String applicationId, String value, String newValue) {
    statements.query(
        "update scope set value = $3 where application_id = $1 and value = $2",
        applicationId,
        value,
        newValue);
  }

  public void updateName(String applicationId, String value, @Nullable String name) {
    statements.query(
        "update scope set name = $3 where application_id = $1 and value = $2",
        applicationId,
        value,
        name);
  }

  public long count(String applicationId) {
    return statements
        .requireRow("select count(*) as n from scope where application_id = $1", applicationId)
        .getLong("n");
  }

  @Override
  protected ScopeRow read(Row row) {
    return new ScopeRow(row.getString("value"), row.getString("name"), RowMeta.of(row));
  }
}

package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationRow.Permission;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code application}, each row with its scopes. */
public final class ApplicationTable {
  public static final String SELECT =
      """
      select id, kind, name, audience, status, access_token_ttl_seconds, signing_alg,
             assertion_audience, tokens_per_minute, permission_name, permission_mode, builtin,
             (select json_agg(json_build_object('value', s.value, 'name', s.name)
                              order by s.creation_number)
                from scope s where s.application_id = a.id) as scopes,
             creation_number, created_at, updated_at, revision
        from application a
      """;

  /** Which applications a list holds; null for any. */
  public record Filter(@Nullable String name, @Nullable String status, @Nullable String audience) {}

  private final Statements statements;

  public ApplicationTable(Statements statements) {
    this.statements = statements;
  }

  public @Nullable ApplicationRow find(Kind kind, String id) {
    Row row = statements.findRow(SELECT + "where id = $1 and kind = $2", id, kind.value());
    return row == null ? null : application(row);
  }

  /** The agent or service of that id, or null. */
  public @Nullable ApplicationRow findResource(String id) {
    Row row = statements.findRow(SELECT + "where id = $1 and kind in ('agent', 'service')", id);
    return row == null ? null : application(row);
  }

  /** Up to {@code limit} applications that were created after that number, oldest first. */
  public List<ApplicationRow> list(Kind kind, Filter filter, long after, int limit) {
    return statements
        .query(
            SELECT
                + """
                where kind = $1 and creation_number > $2
                  and ($3::text is null or name = $3)
                  and ($4::text is null or status = $4)
                  and ($5::text is null or audience = $5)
                order by creation_number limit $6
                """,
            kind.value(),
            after,
            filter.name(),
            filter.status(),
            filter.audience(),
            limit)
        .stream()
        .map(ApplicationTable::application)
        .toList();
  }

  /** Inserts the application without scopes. */
  public void insert(String id, Kind kind, String audience, Settings settings) {
    Permission permission = settings.permission();
    statements.query(
        """
        insert into application (id, kind, audience, name, status, access_token_ttl_seconds,
          signing_alg, assertion_audience, tokens_per_minute, permission_name, permission_mode)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        id,
        kind.value(),
        audience,
        settings.name(),
        settings.status(),
        settings.accessTokenTtlSeconds(),
        settings.signingAlg(),
        settings.assertionAudience(),
        settings.tokensPerMinute(),
        permission == null ? null : permission.name(),
        permission == null ? null : permission.mode());
  }

  /** Writes the settings, other than the value of the permission's scope. */
  public void update(String id, Settings settings) {
    Permission permission = settings.permission();
    statements.query(
        """
        update application
           set name = $2, status = $3, access_token_ttl_seconds = $4, signing_alg = $5,
               assertion_audience = $6, tokens_per_minute = $7, permission_name = $8,
               permission_mode = $9
         where id = $1
        """,
        id,
        settings.name(),
        settings.status(),
        settings.accessTokenTtlSeconds(),
        settings.signingAlg(),
        settings.assertionAudience(),
        settings.tokensPerMinute(),
        permission == null ? null : permission.name(),
        permission == null ? null : permission.mode());
  }

  /** Deletes the application with its credentials, its scopes and all grants to it and on it. */
  public void delete(String id) {
    statements.query("delete from application where id = $1", id);
  }

  /** How many applications count for the licence. */
  public long countLicensed() {
    return statements
        .requireRow("select count(*) as used from application where not builtin")
        .getLong("used");
  }

  public static ApplicationRow application(Row row) {
    List<Scope> scopes = scopes(row.getJsonArray("scopes"));
    String permissionName = row.getString("permission_name");
    Permission permission =
        permissionName == null || scopes.isEmpty()
            ? null
            : new Permission(
                permissionName, scopes.getFirst().value(), row.getString("permission_mode"));
    return new ApplicationRow(
        row.getString("id"),
        row.getString("kind").equals(Kind.AGENT.value()) ? Kind.AGENT : Kind.SERVICE,
        row.getString("audience"),
        new Settings(
            row.getString("name"),
            row.getString("status"),
            row.getInteger("access_token_ttl_seconds"),
            row.getString("signing_alg"),
            row.getString("assertion_audience"),
            row.getInteger("tokens_per_minute"),
            permission),
        scopes,
        row.getBoolean("builtin"),
        RowMeta.of(row));
  }

  private static List<Scope> scopes(@Nullable JsonArray array) {
    List<Scope> scopes = new ArrayList<>();
    if (array != null) {
      for (int i = 0; i < array.size(); i++) {
        JsonObject scope = array.getJsonObject(i);
        scopes.add(new Scope(scope.getString("value"), scope.getString("name")));
      }
    }
    return scopes;
  }
}

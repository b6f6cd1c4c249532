package io.postern.store.topology;

import static io.postern.store.topology.RowBatch.Column.bytes;
import static io.postern.store.topology.RowBatch.Column.integer;
import static io.postern.store.topology.RowBatch.Column.text;
import static io.postern.store.topology.RowBatch.Column.time;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationRow.Permission;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.postern.store.topology.TopologyPlan.Action;
import io.postern.store.topology.TopologyPlan.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out with few statements. Their order keeps the rules of the schema at each step:
 * what goes makes room first, and a scope is there before its grants and goes after them.
 */
public final class TopologyWriter {
  private static final String CREATE_APPLICATION =
      """
      insert into application (id, kind, audience, name, status, access_token_ttl_seconds,
        signing_alg, assertion_audience, tokens_per_minute, permission_name, permission_mode)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
        $6::integer[], $7::text[], $8::text[], $9::integer[], $10::text[], $11::text[])
      """;

  private static final String CHANGE_APPLICATION =
      """
      update application a
         set name = d.name, status = d.status, access_token_ttl_seconds = d.ttl,
             signing_alg = d.alg, assertion_audience = d.assertion_audience,
             tokens_per_minute = d.rate, permission_name = d.permission, permission_mode = d.mode
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[],
               $7::text[], $8::text[], $9::integer[], $10::text[], $11::text[])
             d (id, kind, audience, name, status, ttl, alg, assertion_audience, rate, permission,
                mode)
       where a.id = d.id
      """;

  /** How many applications one statement deletes: each takes its credentials and grants along. */
  private static final int DELETED = 50;

  private final Statements statements;
  private final CredentialWriter credentials;

  /**
   * @param sealer seals the values of hosted credentials
   */
  public TopologyWriter(Statements statements, ValueSealer sealer) {
    this.statements = statements;
    this.credentials = new CredentialWriter(statements, sealer);
  }

  /**
   * Writes all of the plan's changes.
   *
   * @param progress is told of every thing that has changed; what it throws ends the writing
   */
  public void write(TopologyPlan plan, IntConsumer progress) {
    grants(plan, Action.DELETE, progress);
    keys(plan, Action.DELETE, progress);
    credentials.delete(plan, progress);
    applications(plan, Action.DELETE, progress);
    for (Action action : List.of(Action.CREATE, Action.CHANGE)) {
      applications(plan, action, progress);
      scopes(plan, action, progress);
      permissions(plan, action);
      keys(plan, action, progress);
    }
    grants(plan, Action.CHANGE, progress);
    grants(plan, Action.CREATE, progress);
    credentials.write(plan, progress);
    scopes(plan, Action.DELETE, progress);
  }

  private record Application(String id, Kind kind, @Nullable String audience, Settings settings) {
    @Nullable String permission(boolean name) {
      Permission permission = settings.permission();
      return permission == null ? null : name ? permission.name() : permission.mode();
    }
  }

  private void applications(TopologyPlan plan, Action action, IntConsumer progress) {
    List<Application> applications = new ArrayList<>();
    for (Change<Topology.Service> change : only(plan.services(), action)) {
      Topology.Service service = change.subject();
      applications.add(
          new Application(
              plan.id(service.audience()), Kind.SERVICE, service.audience(), service.settings()));
    }
    for (Change<Topology.Agent> change : only(plan.agents(), action)) {
      Topology.Agent agent = change.subject();
      applications.add(
          new Application(agent.clientId(), Kind.AGENT, agent.audience(), agent.settings()));
    }
    switch (action) {
      case CREATE -> settings(CREATE_APPLICATION).run(statements, applications, progress);
      case CHANGE -> settings(CHANGE_APPLICATION).run(statements, applications, progress);
      case DELETE ->
          new RowBatch<>(
                  "delete from application where id = any ($1)", List.of(text(Application::id)))
              .run(statements, applications, DELETED, progress);
    }
  }

  private static RowBatch<Application> settings(String sql) {
    return new RowBatch<>(
        sql,
        List.of(
            text(Application::id),
            text(row -> row.kind.value()),
            text(Application::audience),
            text(row -> row.settings.name()),
            text(row -> row.settings.status()),
            integer(row -> row.settings.accessTokenTtlSeconds()),
            text(row -> row.settings.signingAlg()),
            text(row -> row.settings.assertionAudience()),
            integer(row -> row.settings.tokensPerMinute()),
            text(row -> row.permission(true)),
            text(row -> row.permission(false))));
  }

  /** The scope that agents have as their permission; when it is renamed, the schema follows. */
  private void permissions(TopologyPlan plan, Action action) {
    String sql =
        action == Action.CREATE
            ? "insert into scope (application_id, value)"
                + " select * from unnest($1::text[], $2::text[])"
            : "update scope s set value = d.value"
                + " from unnest($1::text[], $2::text[]) d (id, value)"
                + " where s.application_id = d.id and s.value <> d.value";
    new RowBatch<Change<Topology.Agent>>(
            sql, List.of(text(Change::owner), text(change -> permission(change.subject()).scope())))
        .run(statements, only(plan.agents(), action), rows -> {});
  }

  private static Permission permission(Topology.Agent agent) {
    Permission permission = agent.settings().permission();
    if (permission == null) {
      throw new IllegalStateException("an agent without a permission");
    }
    return permission;
  }

  private void scopes(TopologyPlan plan, Action action, IntConsumer progress) {
    String sql =
        switch (action) {
          case CREATE ->
              """
              insert into scope (application_id, value, name)
              select * from unnest($1::text[], $2::text[], $3::text[])
              """;
          case CHANGE ->
              """
              update scope s set name = d.name
                from unnest($1::text[], $2::text[], $3::text[]) d (id, value, name)
               where s.application_id = d.id and s.value = d.value
              """;
          case DELETE ->
              """
              delete from scope s
               using unnest($1::text[], $2::text[], $3::text[]) d (id, value, name)
               where s.application_id = d.id and s.value = d.value
              """;
        };
    new RowBatch<Change<Scope>>(
            sql,
            List.of(
                text(change -> plan.id(change.owner())),
                text(change -> change.subject().value()),
                text(change -> change.subject().name())))
        .run(statements, only(plan.scopes(), action), progress);
  }

  private void keys(TopologyPlan plan, Action action, IntConsumer progress) {
    keys(plan.keys(), Change::owner, action, progress);
    keys(plan.serviceKeys(), change -> plan.id(change.owner()), action, progress);
  }

  private void keys(
      List<Change<Topology.Key>> keys,
      Function<Change<Topology.Key>, @Nullable String> clientId,
      Action action,
      IntConsumer progress) {
    String columns =
        """
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[],
               $7::timestamptz[])
        """;
    String names = "(client_id, kid, thumbprint, key_type, public_key, alg, expires_at)";
    String sql =
        switch (action) {
          case CREATE -> "insert into client_key " + names + " select * from " + columns;
          case CHANGE ->
              """
              update client_key k
                 set thumbprint = d.thumbprint, key_type = d.key_type,
                     public_key = d.public_key, alg = d.alg, expires_at = d.expires_at
                from %s d %s where k.client_id = d.client_id and k.kid = d.kid
              """
                  .formatted(columns, names);
          case DELETE ->
              "delete from client_key k using %s d %s where k.client_id = d.client_id and k.kid = d.kid"
                  .formatted(columns, names);
        };
    new RowBatch<Change<Topology.Key>>(
            sql,
            List.of(
                text(clientId),
                text(change -> change.subject().kid()),
                text(change -> change.subject().thumbprint()),
                text(change -> change.subject().keyType()),
                bytes(change -> change.subject().publicKey()),
                text(change -> change.subject().alg()),
                time(change -> RowMeta.offset(change.subject().expiresAt()))))
        .run(statements, only(keys, action), progress);
  }

  private void grants(TopologyPlan plan, Action action, IntConsumer progress) {
    // a scope holds no space; arrays of arrays would all need the same length
    String columns =
        """
        (select client_id, resource_id, string_to_array(scopes, ' ') as scopes, expires_at
           from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
                u (client_id, resource_id, scopes, expires_at))
        """;
    String sql =
        switch (action) {
          case CREATE ->
              "insert into resource_grant (client_id, resource_id, scopes, expires_at) select *"
                  + " from "
                  + columns
                  + " d";
          case CHANGE ->
              """
              update resource_grant g set scopes = d.scopes, expires_at = d.expires_at
                from %s d where g.client_id = d.client_id and g.resource_id = d.resource_id
              """
                  .formatted(columns);
          case DELETE ->
              """
              delete from resource_grant g using %s d
               where g.client_id = d.client_id and g.resource_id = d.resource_id
              """
                  .formatted(columns);
        };
    new RowBatch<Change<Topology.Grant>>(
            sql,
            List.of(
                text(Change::owner),
                text(change -> plan.id(change.subject().audience())),
                text(change -> String.join(" ", change.subject().scopes())),
                time(change -> RowMeta.offset(change.subject().expiresAt()))))
        .run(statements, only(plan.grants(), action), progress);
  }

  static <T> List<Change<T>> only(List<Change<T>> changes, Action action) {
    return changes.stream().filter(change -> change.action() == action).toList();
  }
}

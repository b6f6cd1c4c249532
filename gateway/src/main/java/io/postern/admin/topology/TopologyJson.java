package io.postern.admin.topology;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.Rfc3339;
import io.postern.admin.registry.AgentSettings;
import io.postern.admin.registry.KeyResource;
import io.postern.admin.registry.TokenSettings;
import io.postern.grant.AgentAudience;
import io.postern.store.registry.ApplicationRow.Permission;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.postern.store.topology.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Topologies as JSON: as a document holds them, without what is so by default, and as a plan shows
 * them, each member by its effect.
 */
final class TopologyJson {
  private TopologyJson() {}

  static ObjectNode document(Topology.Service service) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("audience", service.audience());
    json.put("name", service.settings().name());
    putToken(json, service.settings());
    if (!service.scopes().isEmpty()) {
      ArrayNode scopes = json.putArray("scopes");
      for (Scope scope : service.scopes()) {
        ObjectNode element = scopes.addObject().put("value", scope.value());
        putIfThere(element, "name", scope.name());
      }
    }
    putKeys(json, service.keys());
    return json;
  }

  private static void putKeys(ObjectNode json, List<Topology.Key> keys) {
    if (!keys.isEmpty()) {
      ArrayNode elements = json.putArray("keys");
      for (Topology.Key key : keys) {
        ObjectNode element = elements.addObject();
        element.set("jwk", KeyResource.jwk(key.kid(), key.publicKey(), key.alg()));
        putIfThere(element, "expires_at", Rfc3339.format(key.expiresAt()));
      }
    }
  }

  static ObjectNode document(Topology.Agent agent) {
    Settings settings = agent.settings();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("client_id", agent.clientId());
    json.put("name", settings.name());
    if (!AgentAudience.of(agent.clientId()).equals(agent.audience())) {
      putIfThere(json, "audience", agent.audience());
    }
    if (!settings.status().equals("active")) {
      json.put("status", settings.status());
    }
    putToken(json, settings);
    if (!settings.assertionAudience().equals(AgentSettings.DEFAULT_ASSERTION_AUDIENCE)) {
      json.put(AgentSettings.ASSERTION_AUDIENCE, settings.assertionAudience());
    }
    if (settings.tokensPerMinute() != null) {
      json.put(AgentSettings.RATE, settings.tokensPerMinute());
    }
    Permission permission = AgentSettings.permission(settings);
    if (permission.mode().equals(AgentSettings.MANUAL)) {
      json.putObject("permission").put("name", permission.name()).put("scope", permission.scope());
    }
    putKeys(json, agent.keys());
    if (!agent.grants().isEmpty()) {
      ArrayNode grants = json.putArray("grants");
      agent.grants().forEach(grant -> grants.add(document(grant)));
    }
    if (!agent.links().elements().isEmpty()) {
      ArrayNode links = json.putArray("credentials");
      agent.links().elements().forEach(link -> links.add(CredentialJson.document(link)));
    }
    return json;
  }

  private static ObjectNode document(Topology.Grant grant) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("audience", grant.audience());
    ArrayNode scopes = json.putArray("scopes");
    grant.scopes().forEach(scopes::add);
    putIfThere(json, "expires_at", Rfc3339.format(grant.expiresAt()));
    return json;
  }

  /** What a plan shows of a service, besides its audience. */
  static ObjectNode members(Topology.Service service) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", service.settings().name());
    return putEffective(json, service.settings());
  }

  /** What a plan shows of a scope, besides its value. */
  static ObjectNode members(Scope scope) {
    return JsonNodeFactory.instance.objectNode().put("name", scope.name());
  }

  /** What a plan shows of an agent, besides its id, keys, grants and links. */
  static ObjectNode members(Topology.Agent agent) {
    Settings settings = agent.settings();
    Permission permission = AgentSettings.permission(settings);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", settings.name());
    json.put("audience", agent.audience());
    json.put("status", settings.status());
    putEffective(json, settings);
    json.put(AgentSettings.ASSERTION_AUDIENCE, settings.assertionAudience());
    json.put(AgentSettings.RATE, settings.tokensPerMinute());
    json.put("permission_name", permission.name());
    json.put("permission_scope", permission.scope());
    json.put("permission_mode", permission.mode());
    return json;
  }

  /** What a plan shows of a key, besides its kid. */
  static ObjectNode members(Topology.Key key) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("thumbprint", key.thumbprint())
        .put("alg", key.alg())
        .put("expires_at", Rfc3339.format(key.expiresAt()));
  }

  /** What a plan shows of a grant, besides its audience. */
  static ObjectNode members(Topology.Grant grant) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode scopes = json.putArray("scopes");
    grant.scopes().forEach(scopes::add);
    return json.put("expires_at", Rfc3339.format(grant.expiresAt()));
  }

  private static ObjectNode putEffective(ObjectNode json, Settings settings) {
    return json.put(TokenSettings.TTL, TokenSettings.effectiveTtl(settings))
        .put(TokenSettings.ALG, TokenSettings.effectiveAlg(settings));
  }

  private static void putToken(ObjectNode json, Settings settings) {
    if (settings.accessTokenTtlSeconds() != null) {
      json.put(TokenSettings.TTL, settings.accessTokenTtlSeconds());
    }
    putIfThere(json, TokenSettings.ALG, settings.signingAlg());
  }

  static void putIfThere(ObjectNode json, String member, @Nullable String value) {
    if (value != null) {
      json.put(member, value);
    }
  }
}

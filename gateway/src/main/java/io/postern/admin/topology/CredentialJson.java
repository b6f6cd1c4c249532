package io.postern.admin.topology;

import static io.postern.admin.topology.TopologyJson.putIfThere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.Rfc3339;
import io.postern.admin.vault.OAuthClientJson;
import io.postern.admin.vault.TargetJson;
import io.postern.store.topology.Topology;
import io.postern.vault.BusinessType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hosted credentials and links as JSON, as {@link TopologyJson} has the rest. Never with a value.
 */
final class CredentialJson {
  private static final List<String> TARGET =
      List.of("base_url", "header", "prefix", "query_parameter", "allow");
  private static final List<String> CLIENT =
      List.of("token_endpoint", "client_id", "scope", "auth_method");

  private CredentialJson() {}

  static ObjectNode document(Topology.Credential credential) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("identifier", credential.identifier());
    json.put("name", credential.name());
    putIfThere(json, "description", credential.description());
    putIfThere(json, "business_type", value(credential.businessType()));
    putIfThere(json, "key_id", credential.keyId());
    putIfThere(json, "expires_at", Rfc3339.format(credential.expiresAt()));
    putNumber(json, "requests_per_minute", credential.requestsPerMinute());
    putMembers(json, "target", credential.target(), TARGET);
    putMembers(json, "oauth_client", credential.oauthClient(), CLIENT);
    return json;
  }

  static ObjectNode document(Topology.Link link) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("identifier", link.identifier());
    link.access().forEach(json.putArray("access")::add);
    putNumber(json, "requests_per_minute", link.requestsPerMinute());
    putIfThere(json, "expires_at", Rfc3339.format(link.expiresAt()));
    return json;
  }

  /** What a plan shows of a credential, besides its identifier and that its value is another. */
  static ObjectNode members(Topology.Credential credential) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", credential.name());
    json.put("description", credential.description());
    json.put("business_type", value(credential.businessType()));
    json.put("kind", credential.kind().value());
    json.put("key_id", credential.keyId());
    json.put("expires_at", Rfc3339.format(credential.expiresAt()));
    json.put("requests_per_minute", credential.requestsPerMinute());
    json.set("target", TargetJson.shown(credential.target()));
    json.set("oauth_client", shown(credential.oauthClient()));
    return json;
  }

  /** What a plan shows of a link, besides its identifier. */
  static ObjectNode members(Topology.Link link) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    link.access().forEach(json.putArray("access")::add);
    json.put("requests_per_minute", link.requestsPerMinute());
    return json.put("expires_at", Rfc3339.format(link.expiresAt()));
  }

  // its key is told to the provider, and no part of a topology
  private static JsonNode shown(@Nullable ObjectNode client) {
    JsonNode json = OAuthClientJson.shown(client);
    if (json instanceof ObjectNode object) {
      object.remove(OAuthClientJson.PUBLIC_JWK);
    }
    return json;
  }

  private static void putMembers(
      ObjectNode json, String member, @Nullable ObjectNode from, List<String> names) {
    if (from != null) {
      ObjectNode object = json.putObject(member);
      for (String name : names) {
        if (from.hasNonNull(name)) {
          object.set(name, from.get(name));
        }
      }
    }
  }

  private static void putNumber(ObjectNode json, String member, @Nullable Integer value) {
    if (value != null) {
      json.put(member, value);
    }
  }

  private static @Nullable String value(@Nullable BusinessType type) {
    return type == null ? null : type.value();
  }
}

package io.postern.admin.topology;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.vault.OAuthClientJson;
import io.postern.admin.vault.TargetJson;
import io.postern.store.topology.Topology;
import io.postern.store.topology.Topology.Listed;
import io.postern.vault.BusinessType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the hosted credentials of a topology, and agents' links to them. */
final class CredentialReader {
  static final String VALUE = "value";

  private final boolean allowsHttp;

  /**
   * @param allowsHttp whether targets and token endpoints may be called without TLS
   */
  CredentialReader(boolean allowsHttp) {
    this.allowsHttp = allowsHttp;
  }

  Topology.Credential credential(JsonFields body) {
    ObjectNode target = TargetJson.over(null, body, allowsHttp);
    ObjectNode client = findClient(body);
    String value = body.findText(VALUE);
    return new Topology.Credential(
        body.requireText("identifier"),
        body.requireText("name"),
        body.findText("description"),
        BusinessType.find(body.findText("business_type")),
        body.findText("key_id"),
        body.findTimeAfter("expires_at", Instant.MIN),
        body.findInteger("requests_per_minute"),
        target,
        client,
        value == null ? null : new Topology.Value(value.getBytes(StandardCharsets.UTF_8)));
  }

  /** The links of an agent. */
  static Listed<Topology.Link> links(JsonFields agent) {
    if (agent.find("credentials") == null) {
      return Listed.omitted();
    }
    List<Topology.Link> links = new ArrayList<>();
    Set<String> identifiers = new HashSet<>();
    for (JsonFields element : agent.objects("credentials")) {
      String identifier = element.requireText("identifier");
      if (!identifier.isEmpty() && !identifiers.add(identifier)) {
        element.fault("identifier", "stands there twice");
      }
      links.add(
          new Topology.Link(
              identifier,
              element.texts("access").stream().sorted().toList(),
              element.findInteger("requests_per_minute"),
              element.findTimeAfter("expires_at", Instant.MIN)));
    }
    return Listed.of(links);
  }

  private @Nullable ObjectNode findClient(JsonFields body) {
    JsonFields fields = body.findObject(OAuthClientJson.MEMBER);
    if (fields == null || !(body.find(OAuthClientJson.MEMBER) instanceof ObjectNode given)) {
      return null;
    }
    ObjectNode client = OAuthClientJson.named(fields, given, allowsHttp);
    if (OAuthClientJson.usesKeyPair(client) && body.find(VALUE) != null) {
      body.fault(VALUE, "is not for private_key_jwt: the gateway makes a key pair");
    }
    return client;
  }
}

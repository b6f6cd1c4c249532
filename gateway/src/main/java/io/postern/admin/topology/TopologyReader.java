package io.postern.admin.topology;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.contract.AdminContract;
import io.postern.admin.contract.ContractSchema;
import io.postern.admin.protocol.Fault;
import io.postern.admin.protocol.Faults;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.ProblemException;
import io.postern.admin.registry.AgentSettings;
import io.postern.admin.registry.KeyUpload;
import io.postern.admin.registry.ServiceResource;
import io.postern.admin.vault.VaultRules;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.VerificationKey;
import io.postern.store.FirstStart;
import io.postern.store.topology.Topology;
import io.postern.store.topology.Topology.Listed;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topology as JSON, one agent, service or credential after the other, so that the document
 * as a whole is never in memory. What is wrong is noted; an element keeps its place in its list all
 * the same, with nothing for a name if it has none, so that later faults point to the right one.
 */
final class TopologyReader {
  private static final JsonMapper JSON =
      new JsonMapper(
          new JsonFactoryBuilder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build());

  private final ContractSchema service;
  private final ContractSchema agent;
  private final ContractSchema credential;
  private final CredentialReader credentials;
  private final Faults faults;
  private final Instant now;

  /**
   * @param now what certificates of keys are held against
   */
  TopologyReader(AdminContract contract, VaultRules vault, Faults faults, Instant now) {
    this.service = contract.schema("TopologyService");
    this.agent = contract.schema("TopologyAgent");
    this.credentials = new CredentialReader(vault.allowsHttp());
    this.credential = contract.schema("TopologyCredential");
    this.faults = faults;
    this.now = now;
  }

  /**
   * Reads a document whole.
   *
   * @throws ProblemException 400 when it is no JSON, or 422 when it has too many faults
   */
  Topology read(InputStream body) throws IOException {
    List<Topology.Service> services = new ArrayList<>();
    List<Topology.Agent> agents = new ArrayList<>();
    Listed<Topology.Credential> hosted = Listed.omitted();
    // RFC 8259 §8.1: UTF-8, and no guess at another encoding
    try (JsonParser parser =
        JSON.createParser(new InputStreamReader(body, StandardCharsets.UTF_8.newDecoder()))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw parser.currentToken() == null
            ? Problem.badRequest("The body is empty.").exception()
            : Problem.invalid(List.of(Fault.at("", "must be an object"))).exception();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String member = parser.currentName();
        parser.nextToken();
        switch (member) {
          case "services" -> elements(parser, member, service, services, this::service);
          case "agents" -> elements(parser, member, agent, agents, this::agent);
          case "credentials" -> hosted = credentials(parser, member);
          default -> {
            faults.add(JsonFields.pointer("", member), "is unknown");
            parser.skipChildren();
          }
        }
      }
      if (parser.nextToken() != null) {
        throw malformed();
      }
    } catch (CharacterCodingException | JsonProcessingException e) {
      // without the parser's message, which quotes the body
      throw malformed();
    }
    return new Topology(services, agents, hosted);
  }

  private static ProblemException malformed() {
    return Problem.badRequest("The body is not JSON, or has a member twice.").exception();
  }

  private <T> void elements(
      JsonParser parser,
      String member,
      ContractSchema schema,
      List<T> list,
      Function<JsonFields, T> read)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      faults.add("/" + member, "must be an array");
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String pointer = "/" + member + "/" + list.size();
      JsonNode node = JSON.readTree(parser);
      faults.addAll(pointer, schema.faults(node));
      ObjectNode element = node instanceof ObjectNode object ? object : JSON.createObjectNode();
      list.add(read.apply(new JsonFields(element, pointer, faults)));
      faults.checkMany();
    }
  }

  private Listed<Topology.Credential> credentials(JsonParser parser, String member)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return Listed.omitted();
    }
    List<Topology.Credential> list = new ArrayList<>();
    elements(parser, member, credential, list, credentials::credential);
    return Listed.of(list);
  }

  private Topology.Service service(JsonFields body) {
    return new Topology.Service(
        body.requireText("audience"),
        ServiceResource.settings(body),
        ServiceResource.scopes(body.objects("scopes")),
        keys(body));
  }

  private Topology.Agent agent(JsonFields body) {
    String clientId = body.requireText("client_id");
    if (clientId.equals(FirstStart.ADMINISTRATOR)) {
      body.fault("client_id", "is the installation's own administrator, and in no topology");
    }
    String audience = body.findText("audience");
    String status = body.findText("status");
    return new Topology.Agent(
        clientId,
        audience,
        AgentSettings.created(body).withStatus(status == null ? "active" : status),
        keys(body),
        grants(body),
        CredentialReader.links(body));
  }

  private List<Topology.Key> keys(JsonFields body) {
    List<Topology.Key> keys = new ArrayList<>();
    Set<String> kids = new HashSet<>();
    Set<String> thumbprints = new HashSet<>();
    for (JsonFields element : body.objects("keys")) {
      Topology.Key key = key(element);
      if (key == null) {
        continue;
      }
      if (!kids.add(key.kid())) {
        element.fault("has a kid that stands there twice");
      } else if (!thumbprints.add(key.thumbprint())) {
        element.fault("is a key that stands there twice");
      } else {
        keys.add(key);
      }
    }
    return keys;
  }

  private Topology.@Nullable Key key(JsonFields body) {
    String kid = body.findText("kid");
    Instant expiresAt = body.findTimeAfter("expires_at", Instant.MIN);
    KeyUpload upload = KeyUpload.read(body, now);
    if (upload == null) {
      return null;
    }
    VerificationKey key = upload.key();
    SignatureAlgorithm algorithm = upload.algorithm();
    return new Topology.Key(
        kid == null ? upload.effectiveKid() : kid,
        key.thumbprint(),
        key.type().value(),
        Buffer.buffer(key.encoded()),
        algorithm == null ? null : algorithm.value(),
        upload.end(body, expiresAt));
  }

  private static List<Topology.Grant> grants(JsonFields body) {
    List<Topology.Grant> grants = new ArrayList<>();
    Set<String> audiences = new HashSet<>();
    for (JsonFields element : body.objects("grants")) {
      String audience = element.requireText("audience");
      if (!audience.isEmpty() && !audiences.add(audience)) {
        element.fault("audience", "stands there twice");
      }
      List<String> scopes = element.texts("scopes");
      Instant expiresAt = element.findTimeAfter("expires_at", Instant.MIN);
      grants.add(new Topology.Grant(audience, scopes.stream().sorted().toList(), expiresAt));
    }
    return grants;
  }
}

package io.postern.testing;

import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionMemory;
import io.postern.relay.AddressPolicy;
import io.postern.relay.RelaySettings;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** A gateway whose relay may call the loopback, and an agent with a token for it. */
public final class RelayFixture implements AutoCloseable {
  /** The value of all its credentials. */
  public static final String KEY = "sk-known-value-0123456789";

  private final TestGateway gateway;
  private final TestRegistry.Agent agent;
  private String token = "";

  private RelayFixture(RelaySettings settings) {
    this.gateway = TestGateway.start(ChangedSettings.relay(settings));
    this.agent = gateway.registry().agent();
  }

  public static RelayFixture start() {
    return start(settings(Duration.ofSeconds(60)));
  }

  public static RelayFixture start(RelaySettings settings) {
    return new RelayFixture(settings);
  }

  /** Settings that allow the loopback, with one deadline for all. */
  public static RelaySettings settings(Duration deadline, X509Certificate... authorities) {
    return new RelaySettings(
        new RelaySettings.Deadlines(deadline, deadline, deadline),
        10_000,
        256,
        AddressPolicy.allowing(List.of("127.0.0.0/8", "::1")),
        true,
        List.of(authorities));
  }

  public TestGateway gateway() {
    return gateway;
  }

  /** A credential for a target, linked to the agent; its identifier. */
  public String credential(JsonObject target) {
    TestRegistry.Hosted hosted = gateway.registry().apiKey(KEY, target.encode());
    gateway.registry().link(agent, hosted, "relay");
    if (token.isEmpty()) {
      token =
          TokenCall.by(gateway, agent).param("audience", "urn:postern:vault").send().accessToken();
    }
    return hosted.identifier();
  }

  /** The same for a base URL and the defaults. */
  public String credential(String baseUrl) {
    return credential(new JsonObject().put("base_url", baseUrl));
  }

  /** The agent's token; there is one as soon as there is a credential. */
  public String token() {
    return token;
  }

  /** The URI of a path of the relay, identifier first. */
  public URI uri(String path) {
    return gateway.publicUri("/relay/" + path);
  }

  /** A request with the agent's token. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token);
  }

  /** GETs a path. */
  public HttpResponse<String> get(String path) {
    return gateway.send(request(path).build());
  }

  /** What was decided about the call that this answered. */
  public DecisionEvent.Result decided(HttpResponse<?> answer) {
    return decided(answer.headers().firstValue("postern-decision-id").orElseThrow());
  }

  /** What was decided about a call, waiting for it. */
  public DecisionEvent.Result decided(String decisionId) {
    DecisionMemory decisions = gateway.decisions();
    DecisionLines.eventually(() -> decisions.find(decisionId) != null);
    return Objects.requireNonNull(decisions.find(decisionId)).event().result();
  }

  /** The results of the calls of a credential, as many as are wanted, waiting for them. */
  public List<DecisionEvent.Result> decisionsOf(String identifier, int count) {
    DecisionLines.eventually(() -> ofCredential(identifier).size() >= count);
    return ofCredential(identifier);
  }

  private List<DecisionEvent.Result> ofCredential(String identifier) {
    return gateway.decisions().list(e -> identifier.equals(e.credentialAsked()), 0, 0, 100).stream()
        .map(decision -> decision.event().result())
        .toList();
  }

  @Override
  public void close() {
    gateway.close();
  }
}

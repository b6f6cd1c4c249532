package io.postern.bench;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.RegisteredClient;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.ScopeSet;
import io.postern.index.IndexImage;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.SigningKeys;
import io.postern.oauth.GrantType;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;

/**
 * The registry of a made-up fleet, as the index holds it: agents with one secret, one P-256 key and
 * {@value #GRANTS} grants of {@value #SCOPES} scopes each, on services of one signature algorithm.
 * Names are as long as real ones. All but the keys follows from the numbers.
 */
final class SampleRegistry {
  /** The issuer of all tokens. */
  static final String ISSUER = "https://tokens.example.com";

  /** Grants of an agent. */
  static final int GRANTS = 4;

  /** Scopes of a service, and of a grant. */
  static final int SCOPES = 8;

  /** Agents share this many key pairs; to make one for each would take minutes. */
  private static final int KEY_PAIRS = 64;

  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final String[] RESOURCES = {"contacts", "invoices", "orders", "tickets"};
  private static final List<String> SCOPE_VALUES =
      Stream.of(RESOURCES).flatMap(name -> Stream.of(name + ":read", name + ":write")).toList();

  private final CryptoProvider crypto;
  private final SignatureAlgorithm algorithm;
  private final int services;
  private final SecretHashKey hashKey = new SecretHashKey("1", new byte[32]);
  private final Mac mac;
  private final List<KeyPair> keyPairs;
  private final List<byte[]> publicKeys;
  private final List<String> audiences;
  private final List<Grant> grants;
  private final ClientSettings settings;
  private final SigningKey signingKey;

  /**
   * @param algorithm what all services' tokens are signed with
   * @param services {@value #GRANTS} or more
   */
  SampleRegistry(CryptoProvider crypto, SignatureAlgorithm algorithm, int services) {
    this.crypto = crypto;
    this.algorithm = algorithm;
    this.services = services;
    this.mac = hashKey.newMac(crypto);
    this.keyPairs = IntStream.range(0, KEY_PAIRS).mapToObj(i -> newKeyPair(crypto)).toList();
    this.publicKeys = keyPairs.stream().map(pair -> pair.getPublic().getEncoded()).toList();
    this.audiences =
        IntStream.range(0, services)
            .mapToObj("https://service-%05d.example.com/api"::formatted)
            .toList();
    this.grants =
        audiences.stream()
            .map(audience -> new Grant(audience, ScopeSet.of(scopes()), Expiry.NEVER))
            .toList();
    this.settings =
        new ClientSettings(
            true,
            Set.of(GrantType.CLIENT_CREDENTIALS),
            AssertionAudience.ISSUER,
            List.of(hashKey.id()),
            ClientSettings.NO_LIMIT,
            null);
    this.signingKey = new SigningKeyGenerator(crypto).generate(algorithm, SigningKey.State.ACTIVE);
  }

  /** The image with that many agents. */
  IndexImage image(int agents) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.SigningKeysPut(new SigningKeys(List.of(signingKey))));
    IntStream.range(0, services).forEach(i -> changes.add(new Change.ResourcePut(service(i))));
    IntStream.range(0, agents).forEach(i -> changes.add(new Change.ClientPut(agent(i))));
    return IndexImage.EMPTY.with(new ChangeSet(new Revision(1), changes));
  }

  /** An agent with all that it has. */
  RegisteredClient agent(int i) {
    List<Grant> own =
        IntStream.range(0, GRANTS).mapToObj(n -> grants.get((i + n) % services)).toList();
    return new RegisteredClient(
        clientId(i),
        settings,
        List.of(
            new ClientSecret(
                hashKey.id(),
                mac.doFinal(secret(i).getBytes(StandardCharsets.US_ASCII)),
                Expiry.NEVER)),
        List.of(
            new ClientKey(
                kid(i), KeyType.P_256, null, publicKeys.get(i % KEY_PAIRS), Expiry.NEVER)),
        own);
  }

  private ProtectedResource service(int i) {
    return new ProtectedResource(
        id("svc_", i),
        audience(i),
        true,
        ProtectedResource.DEFAULT_ACCESS_TOKEN_TTL_SECONDS,
        algorithm);
  }

  /** An agent's identifier, 26 characters. */
  static String clientId(int i) {
    return id("agt_", i);
  }

  /** An agent's secret, 47 characters. */
  static String secret(int i) {
    return "pcs_" + random(i, 32);
  }

  /** The {@code kid} of an agent's key, as long as a thumbprint. */
  static String kid(int i) {
    return random(i, 32);
  }

  /** A service's audience, 37 characters. */
  private String audience(int i) {
    return audiences.get(i);
  }

  /** The first audience that an agent is granted. */
  String grantedAudience(int i) {
    return audience(i % services);
  }

  /** The scope values of every service and grant, sorted. */
  static List<String> scopes() {
    return SCOPE_VALUES;
  }

  /** An agent's key pair. */
  KeyPair keyPair(int i) {
    return keyPairs.get(i % KEY_PAIRS);
  }

  /** The key under which the secrets are hashed. */
  SecretHashKey hashKey() {
    return hashKey;
  }

  /** The key that signs the tokens. */
  SigningKey signingKey() {
    return signingKey;
  }

  CryptoProvider crypto() {
    return crypto;
  }

  private static String id(String prefix, int i) {
    return prefix + random(i, 16);
  }

  private static String random(int seed, int bytes) {
    byte[] value = new byte[bytes];
    new Random(seed).nextBytes(value);
    return BASE64URL.encodeToString(value);
  }

  private static KeyPair newKeyPair(CryptoProvider crypto) {
    KeyPairGenerator generator = crypto.keyPairGenerator("EC");
    try {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the provider lacks P-256", e);
    }
    return generator.generateKeyPair();
  }
}

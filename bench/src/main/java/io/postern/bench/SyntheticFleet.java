package io.postern.bench;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.RegisteredClient;
import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.ScopeSet;
import io.postern.grant.TokenPolicy;
import io.postern.index.IndexImage;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.GrantType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Agents with one secret and one P-256 key each and four grants of eight scopes, on 1,000 services
 * of sixteen scopes. Made up from a fixed seed; the keys are random bytes in the form of a key.
 */
final class SyntheticFleet {
  /** How alike the grants of different agents are. */
  enum Grants {
    /** Each is one of twenty sets of scopes that its service has, as with roles. */
    ROLES,
    /** Each expires at a time of its own; the sets of scopes are those of roles. */
    EXPIRING,
    /** Each has a set of scopes of its own, as far as eight of sixteen can differ. */
    DISTINCT
  }

  private static final int SERVICES = 1_000;
  private static final int SCOPES = 16;
  private static final int GRANTED_SCOPES = 8;
  private static final int ROLES = 20;
  private static final int GRANTS = 4;
  private static final int PAGE = 2_000;
  private static final String HASH_KEY = "0123456789abcdef";
  private static final byte[] P256_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
  private static final List<String> SCOPE_VALUES =
      IntStream.range(0, SCOPES).mapToObj("records:%02d"::formatted).toList();
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final ClientSettings SETTINGS =
      new ClientSettings(
          true,
          Set.of(GrantType.CLIENT_CREDENTIALS),
          AssertionAudience.ISSUER,
          List.of(HASH_KEY),
          ClientSettings.NO_LIMIT,
          new TokenPolicy(900, SignatureAlgorithm.ES256));

  private final Random random = new Random(1);
  private final Grants kind;
  private final List<ProtectedResource> services = new ArrayList<>();
  private final List<List<Grant>> roles = new ArrayList<>();
  private long grantCount;

  private SyntheticFleet(Grants kind) {
    this.kind = kind;
    for (int i = 0; i < SERVICES; i++) {
      String audience = "https://service-%04d.example.com/api".formatted(i);
      services.add(
          new ProtectedResource("svc_" + id(), audience, true, 900, SignatureAlgorithm.ES256));
      List<Grant> ofService = new ArrayList<>();
      for (int role = 0; role < ROLES; role++) {
        ofService.add(new Grant(audience, scopes(random.nextLong()), Expiry.NEVER));
      }
      roles.add(ofService);
    }
  }

  /** The image of a fleet of that size, by way of change sets. */
  static IndexImage image(int agents, Grants kind) {
    SyntheticFleet fleet = new SyntheticFleet(kind);
    IndexImage.Builder image = IndexImage.EMPTY.edit();
    Revision revision = new Revision(1);
    List<Change> changes = new ArrayList<>();
    fleet.services.forEach(service -> changes.add(new Change.ResourcePut(service)));
    for (int i = 0; i < agents; i++) {
      changes.add(new Change.ClientPut(fleet.agent()));
      if (changes.size() >= PAGE) {
        image.apply(new ChangeSet(revision, changes));
        changes.clear();
      }
    }
    image.apply(new ChangeSet(revision, changes));
    return image.build();
  }

  /** The ids of the agents of such an image, in the order in which they were made. */
  static List<String> ids(int agents) {
    SyntheticFleet fleet = new SyntheticFleet(Grants.ROLES);
    return IntStream.range(0, agents).mapToObj(i -> fleet.agent().clientId()).toList();
  }

  private RegisteredClient agent() {
    byte[] encoded = Arrays.copyOf(P256_PREFIX, P256_PREFIX.length + 64);
    System.arraycopy(bytes(64), 0, encoded, P256_PREFIX.length, 64);
    List<Grant> grants = new ArrayList<>();
    int first = random.nextInt(SERVICES);
    for (int i = 0; i < GRANTS; i++) {
      int service = (first + i * 7) % SERVICES;
      grants.add(grant(service));
    }
    return new RegisteredClient(
        "agt_" + id(),
        SETTINGS,
        List.of(new ClientSecret(HASH_KEY, bytes(32), Expiry.NEVER)),
        List.of(
            new ClientKey(
                BASE64URL.encodeToString(bytes(32)), KeyType.P_256, null, encoded, Expiry.NEVER)),
        grants);
  }

  private Grant grant(int service) {
    Grant role = roles.get(service).get(random.nextInt(ROLES));
    grantCount++;
    return switch (kind) {
      case ROLES -> role;
      case EXPIRING ->
          new Grant(role.audience(), role.scopes(), 4_000_000_000_000_000L + grantCount);
      case DISTINCT -> new Grant(role.audience(), scopes(grantCount), Expiry.NEVER);
    };
  }

  /** Eight of the sixteen scopes, chosen by a number. */
  private static ScopeSet scopes(long number) {
    Random choice = new Random(number);
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < SCOPES; i++) {
      int wanted = GRANTED_SCOPES - chosen.size();
      if (choice.nextInt(SCOPES - i) < wanted) {
        chosen.add(SCOPE_VALUES.get(i));
      }
    }
    return ScopeSet.of(chosen);
  }

  private String id() {
    return BASE64URL.encodeToString(bytes(16));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}

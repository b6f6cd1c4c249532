package io.postern.bench.load;

import io.postern.jose.SignatureAlgorithm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The agents and services of a benchmark: all about each of them follows from its number, so that
 * who seeds the database and who sends requests agree without talking. The secrets are no secrets.
 *
 * <p>Every agent has one secret, one key and {@value #GRANTS} grants of {@value #GRANTED_SCOPES}
 * scopes, drawn from {@value #SCOPE_SETS} sets for each service. The first three grants are on
 * services whose tokens are signed with ES256, the last on one of RS256.
 *
 * @param agents 1 or more
 */
record Fleet(int agents) {
  static final int GRANTS = 4;
  static final int RS256_GRANT = GRANTS - 1;
  static final int SCOPES = 16;
  static final int GRANTED_SCOPES = 8;
  static final int SCOPE_SETS = 20;

  private static final int MAX_SERVICES = 1000;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final List<String> SCOPE_VALUES =
      Stream.of("customers", "invoices", "orders", "reports")
          .flatMap(noun -> Stream.of("approve", "delete", "read", "write").map(v -> noun + ":" + v))
          .toList();

  Fleet {
    if (agents < 1) {
      throw new IllegalArgumentException("there must be an agent");
    }
  }

  /** How many services: a multiple of {@value #GRANTS}, 1,000 for fleets that are not small. */
  int services() {
    return Math.max(GRANTS, Math.min(MAX_SERVICES, agents) / GRANTS * GRANTS);
  }

  /** As the admin API makes them. Numbers beyond the fleet have ids too, that nobody has. */
  String clientId(int agent) {
    return "agt_" + BASE64URL.encodeToString(hash("client", agent)).substring(0, 22);
  }

  String secret(int agent) {
    return BASE64URL.encodeToString(hash("secret", agent));
  }

  String serviceId(int service) {
    return "svc_%04d".formatted(service);
  }

  String audience(int service) {
    return "https://service-%04d.bench.example".formatted(service);
  }

  SignatureAlgorithm algorithm(int service) {
    return service % GRANTS == RS256_GRANT ? SignatureAlgorithm.RS256 : SignatureAlgorithm.ES256;
  }

  /** The values of a service's scopes, sorted. */
  List<String> scopes() {
    return SCOPE_VALUES;
  }

  /** The service that a grant of an agent is on; another one for each of its grants. */
  int service(int agent, int grant) {
    return GRANTS * random(agent, grant).nextInt(services() / GRANTS) + grant;
  }

  /** Which of the service's scope sets is granted. */
  int scopeSet(int agent, int grant) {
    return random(grant, agent).nextInt(SCOPE_SETS);
  }

  /** The scope values of a set, sorted. */
  List<String> scopesOf(int service, int scopeSet) {
    SplittableRandom random = random(service, -1 - scopeSet);
    int[] positions = IntStream.range(0, SCOPES).toArray();
    for (int i = 0; i < GRANTED_SCOPES; i++) {
      int other = random.nextInt(i, SCOPES);
      int position = positions[other];
      positions[other] = positions[i];
      positions[i] = position;
    }
    return IntStream.of(positions)
        .limit(GRANTED_SCOPES)
        .sorted()
        .mapToObj(SCOPE_VALUES::get)
        .toList();
  }

  private static SplittableRandom random(int high, int low) {
    return new SplittableRandom((long) high << Integer.SIZE ^ Integer.toUnsignedLong(low));
  }

  private static byte[] hash(String what, int number) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(what.getBytes(StandardCharsets.US_ASCII));
      return digest.digest(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

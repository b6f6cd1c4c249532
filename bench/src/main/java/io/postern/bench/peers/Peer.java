package io.postern.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A token server in one of its settings, and what it takes to start and to ask it. */
enum Peer {
  POSTERN(
      "postern",
      "PostgreSQL",
      "mvn -q package -DskipTests",
      "",
      "/oauth2/token",
      "/oauth2/jwks",
      "&audience=https%3A%2F%2Fcrm.example.com&scope=customers%3Aread"),
  KEYCLOAK(
      "keycloak",
      "PostgreSQL, `start --optimized`, local cache",
      "bench/peers/keycloak/install",
      "/realms/bench",
      "/realms/bench/protocol/openid-connect/token",
      "/realms/bench/protocol/openid-connect/certs",
      ""),
  SPRING_BEST(
      "spring-best",
      "secret in clear, no token kept",
      "bench/peers/spring-authorization-server/install",
      "",
      "/oauth2/token",
      "/oauth2/jwks",
      "&scope=customers%3Aread"),
  SPRING_AS_SHIPPED(
      "spring-as-shipped",
      "bcrypt, tokens kept in memory",
      "bench/peers/spring-authorization-server/install",
      "",
      "/oauth2/token",
      "/oauth2/jwks",
      "&scope=customers%3Aread"),
  OIDC_PROVIDER(
      "oidc-provider",
      "a process a core, no token kept",
      "bench/peers/oidc-provider/install",
      "",
      "/token",
      "/jwks",
      "&resource=https%3A%2F%2Fcrm.example.com&scope=customers%3Aread");

  /** The client that all of them know. */
  static final String CLIENT_ID = "demo-agent";

  /** What its tokens are for. */
  static final String AUDIENCE = "https://crm.example.com";

  /** What its tokens permit, where the server is asked for scopes. */
  static final String SCOPE = "customers:read";

  private final String id;
  private final String settings;
  private final String install;
  private final String issuerPath;
  private final String tokenPath;
  private final String keysPath;
  private final String target;

  Peer(
      String id,
      String settings,
      String install,
      String issuerPath,
      String tokenPath,
      String keysPath,
      String target) {
    this.id = id;
    this.settings = settings;
    this.install = install;
    this.issuerPath = issuerPath;
    this.tokenPath = tokenPath;
    this.keysPath = keysPath;
    this.target = target;
  }

  /**
   * The server of that name.
   *
   * @throws PeersException when there is none
   */
  static Peer of(String id) {
    return Arrays.stream(values())
        .filter(peer -> peer.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new PeersException("%s is not one of %s".formatted(id, ids())));
  }

  static List<String> ids() {
    return Arrays.stream(values()).map(Peer::id).toList();
  }

  /** Its name on the command line and in the table. */
  String id() {
    return id;
  }

  /** What is particular to its settings, for the table. */
  String settings() {
    return settings;
  }

  /** The command that installs it, from the root of the repository. */
  String install() {
    return install;
  }

  /** Path of the issuer identifier, whose beginning is the server's own URL. */
  String issuerPath() {
    return issuerPath;
  }

  /** Path of the token endpoint. */
  String tokenPath() {
    return tokenPath;
  }

  /** Path of the JWK Set. */
  String keysPath() {
    return keysPath;
  }

  /** The body of a token request. */
  String form() {
    return "grant_type=client_credentials" + target;
  }

  /**
   * What its installation makes.
   *
   * @param home the directory {@code bench/peers}
   */
  Path installation(Path home) {
    return home.resolve(
        switch (this) {
          case POSTERN -> "../../gateway/target/postern";
          case KEYCLOAK -> "keycloak/target";
          case SPRING_BEST, SPRING_AS_SHIPPED -> "spring-authorization-server/target";
          case OIDC_PROVIDER -> "oidc-provider/node_modules";
        });
  }

  boolean isInstalled(Path home) {
    return Files.isDirectory(installation(home));
  }

  /** What runs it in the foreground. */
  List<String> command(Path home) {
    return switch (this) {
      case POSTERN -> List.of(installation(home).resolve("bin/postern").toString(), "serve");
      case KEYCLOAK, SPRING_BEST, SPRING_AS_SHIPPED, OIDC_PROVIDER ->
          List.of(installation(home).resolveSibling("start").toString());
    };
  }

  /** What its start script reads besides the variables that all have. */
  Map<String, String> environment() {
    return switch (this) {
      case SPRING_BEST -> Map.of("PEER_SETTING", "best");
      case SPRING_AS_SHIPPED -> Map.of("PEER_SETTING", "as-shipped");
      case POSTERN, KEYCLOAK, OIDC_PROVIDER -> Map.of();
    };
  }
}

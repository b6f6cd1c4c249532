package io.postern.command;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.postern.cli.AccessTokens;
import io.postern.cli.AdminClient;
import io.postern.cli.ClientIdentity;
import io.postern.cli.HttpExchange;
import io.postern.cli.TokenEndpointClient;
import io.postern.dev.DevCredentials;
import io.postern.setting.InputFile;
import io.postern.setting.Secrets;
import io.postern.setting.SettingException;
import io.postern.store.FirstStart;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway a command talks to, and as whom. */
final class AdminOptions {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  @Option(
      names = "--admin-url",
      paramLabel = "URL",
      defaultValue = "http://localhost:9000/admin/v1",
      description = "The admin API. Default: ${DEFAULT-VALUE}")
  URI adminUrl = URI.create("http://localhost:9000/admin/v1");

  @Option(
      names = "--issuer",
      paramLabel = "URL",
      defaultValue = "http://localhost:8080",
      description = "The gateway's issuer identifier. Default: ${DEFAULT-VALUE}")
  URI issuer = URI.create("http://localhost:8080");

  @Option(
      names = "--token-url",
      paramLabel = "URL",
      description = "The token endpoint. Default: /oauth2/token below the issuer.")
  @Nullable URI tokenUrl;

  @Option(
      names = "--client-id",
      paramLabel = "ID",
      description =
          "Whose rights are used. Without any credentials, those of postern dev on this machine"
              + " are.")
  @Nullable String clientId;

  @Option(
      names = "--client-secret",
      paramLabel = "SECRET",
      description = "Its secret; better in the variable or a file, as others may see a flag.")
  @Nullable String clientSecret;

  @Option(
      names = "--client-secret-file",
      paramLabel = "FILE",
      description = "The file that holds it; - for standard input.")
  @Nullable Path clientSecretFile;

  @Option(
      names = "--client-key-file",
      paramLabel = "FILE",
      description =
          "Its key pair instead, for private_key_jwt: a private JWK, or private and public key in"
              + " PEM, RSA or EC; - for standard input.")
  @Nullable Path clientKeyFile;

  @Option(
      names = "--admin-token",
      paramLabel = "TOKEN",
      description = "An access token for the admin API, instead of a client.")
  @Nullable String adminToken;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description = "The file that holds it; - for standard input.")
  @Nullable Path adminTokenFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "The certificate authorities, in PEM, of servers with https. Default: the system's, as"
              + " the JDK knows them.")
  @Nullable Path caFile;

  /**
   * The admin API; to be closed.
   *
   * @throws SettingException when an option is bad, or nothing says who asks
   */
  AdminClient connect() {
    String token = Secrets.find("POSTERN_ADMIN_TOKEN", adminToken, adminTokenFile);
    URI root = requireHttp("POSTERN_ADMIN_URL", adminUrl);
    if (token != null) {
      return new AdminClient(exchange(), root, () -> token);
    }
    ClientIdentity identity = identity();
    HttpExchange http = exchange();
    AccessTokens tokens = tokenEndpoint(http, identity).tokensFor(AdminClient.AUDIENCE);
    return new AdminClient(http, root, tokens);
  }

  /** The token endpoint, asked as the client that the options name. */
  TokenEndpointClient tokenEndpoint(HttpExchange http) {
    return tokenEndpoint(http, identity());
  }

  /** The HTTP client; to be closed. */
  HttpExchange exchange() {
    try {
      return HttpExchange.create(caFile);
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingException("POSTERN_CA_FILE", caFile + " holds no certificates in PEM");
    }
  }

  private TokenEndpointClient tokenEndpoint(HttpExchange http, ClientIdentity identity) {
    return new TokenEndpointClient(
        http, requireHttp("POSTERN_TOKEN_URL", tokenUrl()), issuer.toString(), identity);
  }

  private URI tokenUrl() {
    URI base = requireHttp("POSTERN_ISSUER", issuer);
    return tokenUrl == null ? URI.create(base + "/oauth2/token") : tokenUrl;
  }

  private ClientIdentity identity() {
    String secret = Secrets.find("POSTERN_CLIENT_SECRET", clientSecret, clientSecretFile);
    if (clientId == null && secret == null && clientKeyFile == null) {
      return developer();
    }
    if (clientId == null) {
      throw new SettingException("POSTERN_CLIENT_ID", "it is required with its secret or key");
    }
    if ((secret == null) == (clientKeyFile == null)) {
      throw new SettingException(
          "POSTERN_CLIENT_SECRET", "set this or POSTERN_CLIENT_KEY_FILE for client " + clientId);
    }
    return clientKeyFile == null
        ? new ClientIdentity.WithSecret(clientId, String.valueOf(secret))
        : new ClientIdentity.WithKey(clientId, privateKey(clientKeyFile));
  }

  // Only to this machine: the secret is for nobody else.
  private ClientIdentity developer() {
    Path directory = DevCommand.defaultDataDir();
    if (LOOPBACK.contains(String.valueOf(tokenUrl().getHost()))) {
      try {
        return new ClientIdentity.WithSecret(
            FirstStart.ADMINISTRATOR, DevCredentials.require(directory).administratorSecret());
      } catch (IOException e) {
        // said below
      }
    }
    throw new SettingException(
        "POSTERN_CLIENT_ID",
        "it is required, with POSTERN_CLIENT_SECRET_FILE or POSTERN_CLIENT_KEY_FILE; or set"
            + " POSTERN_ADMIN_TOKEN");
  }

  private static JWK privateKey(Path file) {
    try {
      String text = InputFile.read(file);
      JWK key = text.startsWith("{") ? JWK.parse(text) : JWK.parseFromPEMEncodedObjects(text);
      // for Ed25519 the library would need another
      if (key.isPrivate() && (key instanceof RSAKey || key instanceof ECKey)) {
        return key;
      }
    } catch (IOException | JOSEException | ParseException | RuntimeException e) {
      // said below, and nothing of the key
    }
    throw new SettingException(
        "POSTERN_CLIENT_KEY_FILE",
        file + " holds no private JWK, nor private and public key in PEM, of RSA or EC");
  }

  private static URI requireHttp(String setting, URI uri) {
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getQuery() != null || uri.getUserInfo() != null) {
      throw new SettingException(setting, "must be an http or https URL without user and query");
    }
    return uri;
  }
}

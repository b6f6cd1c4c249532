package io.postern.oauth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request by the client credentials grant (RFC 6749 §4.4.2, RFC 8707 §2). */
public record ClientCredentialsRequest(
    ClientCredentials credentials,
    @Nullable String scope,
    @Nullable String audience,
    List<String> resources)
    implements TokenRequest {

  public ClientCredentialsRequest {
    resources = List.copyOf(resources);
  }

  @Override
  public GrantType grantType() {
    return GrantType.CLIENT_CREDENTIALS;
  }
}

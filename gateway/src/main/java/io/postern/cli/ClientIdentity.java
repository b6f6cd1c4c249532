package io.postern.cli;

import com.nimbusds.jose.jwk.JWK;

/** As whom a command asks for tokens. Its text form shows no secret. */
public sealed interface ClientIdentity {
  /** The {@code client_id}. */
  String clientId();

  /** A client that proves itself by its secret (RFC 6749 §2.3.1). */
  record WithSecret(String clientId, String secret) implements ClientIdentity {
    @Override
    public String toString() {
      return "WithSecret[clientId=" + clientId + "]";
    }
  }

  /** A client that proves itself by signing (RFC 7523 §2.2). */
  record WithKey(String clientId, JWK privateKey) implements ClientIdentity {
    @Override
    public String toString() {
      return "WithKey[clientId=" + clientId + "]";
    }
  }
}

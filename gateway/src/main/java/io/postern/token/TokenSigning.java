package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.jose.SigningKey;
import io.postern.oauth.Refusal;
import java.util.function.BiConsumer;

/**
 * Signs what a grant has decided: at once, or on other threads where that takes long. Confined to
 * one thread.
 */
final class TokenSigning {
  private final AccessTokenSigner signer;
  private final SlowSigner slowSigner;
  private final AccessTokenResponse response = new AccessTokenResponse();

  TokenSigning(AccessTokenSigner signer, SlowSigner slowSigner) {
    this.signer = signer;
    this.slowSigner = slowSigner;
  }

  void sign(
      ClientAuthentication.Authenticated client,
      AccessTokenClaims claims,
      SigningKey key,
      BiConsumer<ClientAuthentication, TokenOutcome> answer) {
    if (!key.algorithm().isSlow()) {
      response.write(signer, claims, key);
      answer.accept(client, new TokenOutcome.Issued(response, claims, key));
    } else if (slowSigner.hasRoom()) {
      slowSigner.sign(
          other -> {
            AccessTokenResponse made = new AccessTokenResponse();
            made.write(other, claims, key);
            return made;
          },
          signed ->
              answer.accept(
                  client,
                  signed == null
                      ? new TokenOutcome.Refused(
                          Refusal.NO_SIGNING_KEY, AccessDecision.RETRY_SECONDS)
                      : new TokenOutcome.Issued(signed, claims, key)));
    } else {
      answer.accept(client, new TokenOutcome.Refused(Refusal.OVERLOADED, 1));
    }
  }
}

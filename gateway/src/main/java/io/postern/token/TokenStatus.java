package io.postern.token;

import io.postern.client.RegisteredClient;
import io.postern.grant.ProtectedResource;
import io.postern.index.IndexImage;
import io.postern.jose.AccessToken;
import io.postern.jose.AccessTokenVerifier;
import io.postern.oauth.InactiveReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a presented token is, to whoever presents it (RFC 7662 §2.2, §4). A function of its
 * arguments.
 */
public sealed interface TokenStatus {

  /** The token counts, and the caller may know of it. */
  record Active(AccessToken token) implements TokenStatus {}

  /**
   * It does not count, or the caller may not know.
   *
   * @param token null when it is none of ours
   */
  record Inactive(InactiveReason reason, @Nullable AccessToken token) implements TokenStatus {}

  /**
   * Decides by one image.
   *
   * @param signed the token, whose signature was verified; null when it is none of ours
   * @param caller who has authenticated
   */
  static TokenStatus of(
      @Nullable AccessToken signed, RegisteredClient caller, IndexImage image, Instant now) {
    if (signed == null) {
      return new Inactive(InactiveReason.UNVERIFIED, null);
    }
    InactiveReason reason = findReason(signed, caller, image, now);
    return reason == null ? new Active(signed) : new Inactive(reason, signed);
  }

  private static @Nullable InactiveReason findReason(
      AccessToken token, RegisteredClient caller, IndexImage image, Instant now) {
    ProtectedResource target = image.findResource(token.audience());
    // RFC 7662 §4: what the caller has no part in, it learns nothing of
    if (!token.clientId().equals(caller.clientId())
        && (target == null || !target.id().equals(caller.clientId()))) {
      return InactiveReason.OF_OTHERS;
    }
    if (!AccessTokenVerifier.isInTime(token, now)) {
      return InactiveReason.OUT_OF_TIME;
    }
    if (image.hasEnded(token)) {
      return InactiveReason.ENDED;
    }
    RegisteredClient client = image.findClient(token.clientId());
    if (client == null || !client.active()) {
      return InactiveReason.CLIENT_GONE;
    }
    return target == null || !target.active() ? InactiveReason.TARGET_GONE : null;
  }
}

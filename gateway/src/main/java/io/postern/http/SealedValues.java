package io.postern.http;

import io.postern.crypto.Sealed;
import io.postern.crypto.SealingKeys;
import io.postern.provider.ProviderTokens;
import io.postern.vault.HostedCredential;
import io.postern.vault.ProviderToken;
import io.postern.vault.SealedValue;
import io.postern.vault.VaultRefusal;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** Opens what the index holds sealed: an API key, or the token that a provider has issued. */
public final class SealedValues implements HandedValues {
  private static final Future<HandedValue> EXPIRED =
      Future.succeededFuture(new HandedValue.Unavailable(VaultRefusal.CREDENTIAL_EXPIRED, 0));

  private final Supplier<SealingKeys> keys;
  private final BiFunction<HostedCredential, Instant, Future<ProviderTokens.Outcome>> tokens;

  /**
   * @param keys of the vault, as they are now
   * @param tokens the present one of an OAuth client, as {@link ProviderTokens#get} has it
   */
  public SealedValues(
      Supplier<SealingKeys> keys,
      BiFunction<HostedCredential, Instant, Future<ProviderTokens.Outcome>> tokens) {
    this.keys = keys;
    this.tokens = tokens;
  }

  @Override
  public Future<HandedValue> get(HostedCredential credential, Instant now) {
    return switch (credential.kind()) {
      case API_KEY -> {
        SealedValue value = credential.findValue(now);
        yield value == null
            ? EXPIRED
            : Future.succeededFuture(
                open(
                    value.sealed(),
                    SealedValue.context(credential.id(), value.id()),
                    text -> new HandedValue.Value(text, null, null, null)));
      }
      case OAUTH_CLIENT ->
          tokens
              .apply(credential, now)
              .map(
                  outcome ->
                      switch (outcome) {
                        case ProviderTokens.Outcome.Unavailable none ->
                            new HandedValue.Unavailable(none.reason(), none.retryAfterSeconds());
                        case ProviderTokens.Outcome.Present present ->
                            open(credential, present.token());
                      });
    };
  }

  private HandedValue open(HostedCredential credential, ProviderToken token) {
    return open(
        token.sealed(),
        ProviderToken.context(credential.id(), token.version()),
        text -> new HandedValue.Value(text, token.tokenType(), token.expiresAt(), token.scope()));
  }

  private HandedValue open(Sealed sealed, String context, Function<String, HandedValue> value) {
    byte[] opened = keys.get().open(sealed, context);
    return opened == null
        ? new HandedValue.Unavailable(VaultRefusal.VALUE_UNREADABLE, 0)
        : value.apply(new String(opened, StandardCharsets.UTF_8));
  }
}

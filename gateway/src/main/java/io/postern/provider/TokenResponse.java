package io.postern.provider;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.postern.vault.VaultRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a provider's token endpoint has answered (RFC 6749 §5). */
public sealed interface TokenResponse {
  /** The longest token that is taken, in characters. */
  int LONGEST_TOKEN = 16 * 1024;

  /** How long a token is taken to be good whose answer does not say it. */
  Duration UNSAID_LIFE = Duration.ofMinutes(5);

  /** A token. */
  record Issued(String accessToken, String tokenType, @Nullable String scope, Duration life)
      implements TokenResponse {
    @Override
    public String toString() {
      return "Issued[<redacted>]";
    }
  }

  /**
   * No token.
   *
   * @param told what the log says of it: nothing that could be a secret
   * @param worthRetrying whether the same request may succeed at once
   */
  record Failed(VaultRefusal reason, String told, boolean worthRetrying) implements TokenResponse {}

  /** Reads an answer. */
  static TokenResponse of(int status, byte[] body) {
    if (status >= 500 || status == 429) {
      return new Failed(VaultRefusal.PROVIDER_FAILED, "it answers " + status, false);
    }
    JsonNode json = Reader.findJson(body);
    if (status == 400 || status == 401 || status == 403) {
      return new Failed(
          VaultRefusal.PROVIDER_REFUSED, "it answers " + status + Reader.error(json), false);
    }
    if (status != 200 || json == null) {
      return new Failed(
          VaultRefusal.PROVIDER_FAILED,
          "it answers " + status + (json == null ? " without JSON" : ""),
          false);
    }
    return Reader.token(json);
  }

  /** The reading of it. */
  final class Reader {
    private static final JsonMapper JSON =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxStringLength(LONGEST_TOKEN)
                            .build())
                    .build())
            .build();

    // RFC 6749 §5.2; another text could be anything
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,60}");
    // RFC 6750 §2.1: what an Authorization header can carry
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final long LONGEST_LIFE_SECONDS = Duration.ofDays(365).toSeconds();

    private Reader() {}

    private static @Nullable JsonNode findJson(byte[] body) {
      try {
        JsonNode json = JSON.readTree(body);
        return json != null && json.isObject() ? json : null;
      } catch (JsonProcessingException e) {
        return null;
      } catch (IOException e) {
        throw new IllegalStateException("bytes are read from memory", e);
      }
    }

    private static String error(@Nullable JsonNode json) {
      String error = json == null ? "" : json.path("error").asText("");
      return ERROR.matcher(error).matches() ? ", " + error : "";
    }

    private static TokenResponse token(JsonNode json) {
      String token = json.path("access_token").asText("");
      String type = json.path("token_type").asText("Bearer");
      if (!TOKEN.matcher(token).matches()) {
        return new Failed(
            VaultRefusal.PROVIDER_FAILED, "its answer has no access_token that can be sent", false);
      }
      // RFC 6749 §7.1: a client must not use a token whose type it does not understand
      if (!type.equalsIgnoreCase("bearer")) {
        return new Failed(
            VaultRefusal.PROVIDER_FAILED, "its token is of a type that cannot be relayed", false);
      }
      JsonNode expiresIn = json.path("expires_in");
      // some providers write the number as a text
      long seconds = expiresIn.asLong(0);
      Duration life =
          seconds <= 0 ? UNSAID_LIFE : Duration.ofSeconds(Math.min(seconds, LONGEST_LIFE_SECONDS));
      return new Issued(token, "Bearer", json.path("scope").textValue(), life);
    }
  }
}

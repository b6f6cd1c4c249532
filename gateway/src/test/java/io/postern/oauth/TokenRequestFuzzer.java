package io.postern.oauth;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.postern.grant.RequestedAccess;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fuzz target of the request's parser: whatever the bytes, a request or a refusal; and what it
 * takes for a request is one for another decoder too. The bytes up to the first line feed are the
 * Authorization header if there are any, the rest is the form.
 */
public final class TokenRequestFuzzer {
  private TokenRequestFuzzer() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    int end = indexOfLineFeed(input);
    String authorization = end <= 0 ? null : new String(input, 0, end, StandardCharsets.ISO_8859_1);
    byte[] form = Arrays.copyOfRange(input, end + 1, input.length);
    switch (TokenRequest.parse(form, authorization)) {
      case MalformedTokenRequest malformed -> malformed.refusal();
      case TokenRequest request -> check(request, form, authorization);
    }
  }

  private static void check(TokenRequest request, byte[] form, @Nullable String authorization) {
    RequestedAccess.of(request);
    require(request.equals(TokenRequest.parse(form, authorization)), "read twice, two requests");
    // made for URIs, where # would be the end
    String query = new String(form, StandardCharsets.ISO_8859_1).replace("#", "%23");
    QueryStringDecoder other =
        new QueryStringDecoder(query, StandardCharsets.UTF_8, false, Integer.MAX_VALUE, true);
    List<String> grantTypes = other.parameters().getOrDefault("grant_type", List.of());
    require(grantTypes.equals(List.of("client_credentials")), "no grant type for others");
    if (authorization == null) {
      require(
          other.parameters().containsKey("client_secret")
              || other.parameters().containsKey("client_assertion"),
          "no credentials for others");
    }
  }

  private static int indexOfLineFeed(byte[] input) {
    for (int i = 0; i < input.length; i++) {
      if (input[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}

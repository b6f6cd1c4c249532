package io.postern.oauth;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The fuzz target of requests about tokens: whatever the bytes, a request or a refusal; and what it
 * takes for a request is one for another decoder too. The bytes up to the first line feed are the
 * Authorization header if there are any, the rest is the form.
 */
public final class PresentedTokenFuzzer {
  private PresentedTokenFuzzer() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    String authorization =
        end == 0 || end == input.length
            ? null
            : new String(input, 0, end, StandardCharsets.ISO_8859_1);
    byte[] form = end == input.length ? input : Arrays.copyOfRange(input, end + 1, input.length);
    switch (PresentedToken.parse(form, authorization)) {
      case MalformedTokenRequest malformed -> malformed.refusal();
      case PresentedToken presented -> check(presented, form);
    }
  }

  private static void check(PresentedToken presented, byte[] form) {
    // made for URIs, where # would be the end
    String query = new String(form, StandardCharsets.ISO_8859_1).replace("#", "%23");
    QueryStringDecoder other =
        new QueryStringDecoder(query, StandardCharsets.UTF_8, false, Integer.MAX_VALUE, true);
    if (!other.parameters().getOrDefault("token", List.of()).equals(List.of(presented.token()))) {
      throw new IllegalStateException("another token for others");
    }
    if (presented.token().isEmpty()) {
      throw new IllegalStateException("an empty token");
    }
  }
}

package io.postern.store.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a repeat of a request is answered.
 *
 * @param requestHash SHA-256 of the request, in hexadecimal digits
 * @param headers those of the answer, without the revision
 * @param body JSON, or null for none
 * @param revision that includes what the request changed
 */
public record KeptAnswer(
    String requestHash,
    int status,
    Map<String, String> headers,
    @Nullable String body,
    long revision) {

  public KeptAnswer {
    headers = Map.copyOf(headers);
  }
}

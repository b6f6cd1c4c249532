package io.postern.verifier;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the issuer's lines come from: a stream of events, or one answer after the other.
 *
 * @param places where that is
 * @param maxBytes of a document
 */
record LineSource(HttpSource http, KeyReader places, Pace pace, int maxBytes) {
  private static final String EVENTS = "text/event-stream";
  private static final String JWT = "application/jwt";

  /**
   * An answer whose body comes bit by bit: events, or all lines at once.
   *
   * @throws java.net.http.HttpTimeoutException when not even its head comes in time
   */
  HttpResponse<StreamBody> open() throws IOException, InterruptedException {
    return http.open(
        endpoints().revocations(),
        Map.of("Accept", EVENTS + ", " + JWT + ";q=0.5"),
        pace.answerPatience());
  }

  /**
   * All lines.
   *
   * @param etag of those that are known: the issuer answers when there are others, or after a
   *     while; null for an answer at once
   */
  HttpResponse<byte[]> ask(@Nullable String etag) throws IOException, InterruptedException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", JWT);
    if (etag != null) {
      headers.put("If-None-Match", etag);
    }
    Duration patience = pace.answerPatience();
    String wait = null;
    if (etag != null) {
      patience = patience.plus(pace.pollWait());
      wait = pace.pollWait().toString();
    }
    return HttpSource.await(
        http.get(endpoints().revocations(wait), headers, maxBytes, patience), patience);
  }

  private Endpoints endpoints() throws IOException {
    Endpoints endpoints = places.endpoints();
    if (endpoints == null) {
      throw new IOException("the issuer's metadata is not known");
    }
    return endpoints;
  }

  static boolean isEvents(HttpResponse<?> response) {
    return isGood(response, EVENTS);
  }

  static boolean isDocument(HttpResponse<?> response) {
    return isGood(response, JWT);
  }

  private static boolean isGood(HttpResponse<?> response, String type) {
    String answered = response.headers().firstValue("Content-Type").orElse("");
    return response.statusCode() == 200 && answered.toLowerCase(Locale.ROOT).startsWith(type);
  }

  static @Nullable String etag(HttpResponse<?> response) {
    return response.headers().firstValue("ETag").orElse(null);
  }

  static String text(byte[] body) {
    return new String(body, StandardCharsets.US_ASCII);
  }
}

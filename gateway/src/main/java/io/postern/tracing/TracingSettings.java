package io.postern.tracing;

import java.net.URI;

/**
 * Where traces are sent, and which.
 *
 * @param endpoint OTLP over HTTP, with the path
 * @param sampling the part of the requests without {@code traceparent} that is recorded, 0 to 1
 */
public record TracingSettings(URI endpoint, double sampling) {
  private static final String PATH = "/v1/traces";

  public TracingSettings {
    if (!(sampling >= 0 && sampling <= 1)) {
      throw new IllegalArgumentException(sampling + " is not from 0 to 1");
    }
  }

  /**
   * Reads an endpoint: a URL without a path is a collector's, whose path is {@value #PATH}.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  public static URI endpoint(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it must look like http://collector:4318", e);
    }
    boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!isHttp || uri.getHost() == null || uri.getUserInfo() != null) {
      throw new IllegalArgumentException("it must look like http://collector:4318");
    }
    return uri.getPath().isEmpty() || uri.getPath().equals("/") ? uri.resolve(PATH) : uri;
  }
}

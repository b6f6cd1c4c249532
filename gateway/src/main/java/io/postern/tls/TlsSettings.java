package io.postern.tls;

import org.jspecify.annotations.Nullable;

/**
 * Which listeners speak TLS; null for one that does not.
 *
 * @param http the public listener
 */
public record TlsSettings(@Nullable TlsFiles http, @Nullable TlsFiles management) {
  /** TLS, if any, is made by what stands in front. */
  public static final TlsSettings NONE = new TlsSettings(null, null);
}

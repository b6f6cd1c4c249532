package io.postern.admin.protocol;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The API's place, and paths below it. */
public final class AdminPath {
  static final String ROOT = "/admin/v1";

  private AdminPath() {}

  /** The absolute path of a resource, its segments percent-encoded (RFC 3986 §2.1). */
  public static String to(String... segments) {
    StringBuilder path = new StringBuilder(ROOT);
    for (String segment : segments) {
      String form = URLEncoder.encode(segment, StandardCharsets.UTF_8);
      path.append('/').append(form.replace("+", "%20").replace("*", "%2A").replace("%7E", "~"));
    }
    return path.toString();
  }
}

package io.postern.vault;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the relay may call with a credential, and where it puts the value in.
 *
 * @param tls whether it is called by https
 * @param host in small letters; an IPv6 address without its brackets
 * @param basePath what every path begins with, without a slash at its end; normal
 * @param header the header field that the value is put into; null when it goes into the query
 * @param prefix what stands before the value there
 * @param queryParameter the query parameter that the value is put into; null when it goes into a
 *     header field
 * @param allow what may be called; null for everything below the base path
 */
public record RelayTarget(
    boolean tls,
    String host,
    int port,
    String basePath,
    @Nullable String header,
    String prefix,
    @Nullable String queryParameter,
    @Nullable List<AllowRule> allow) {

  /** What the value is put into unless the target says otherwise. */
  public static final String DEFAULT_HEADER = "Authorization";

  /** What stands before the value unless the target says otherwise (RFC 6750 §2.1). */
  public static final String DEFAULT_PREFIX = "Bearer ";

  // RFC 9110 §5.6.2
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
  private static final Pattern PREFIX = Pattern.compile("[!-~ ]{0,64}");
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9._~-]{1,128}");
  // what describes the message itself is not ours to set
  private static final Set<String> NOT_FOR_VALUES =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "upgrade",
          "te",
          "trailer",
          "keep-alive",
          "expect");

  public RelayTarget {
    allow = allow == null ? null : List.copyOf(allow);
  }

  /** What is wrong with a target. */
  public static final class UnfitTargetException extends Exception {
    private final String member;

    UnfitTargetException(String member, String message) {
      super(message);
      this.member = member;
    }

    /** The member that is wrong, as a pointer within the target (RFC 6901). */
    public String member() {
      return member;
    }
  }

  /**
   * Reads a target.
   *
   * @param json its members are of the right types, as the contract of the admin API has them
   * @throws UnfitTargetException when the relay could not go by it
   */
  public static RelayTarget of(JsonNode json) throws UnfitTargetException {
    URI base = base(json.path("base_url").asText(""));
    String basePath = TargetPath.findNormal(withoutSlash(base.getRawPath()));
    if (basePath == null) {
      throw new UnfitTargetException(
          "/base_url", "its path has empty or dot segments, or encoded slashes");
    }
    boolean tls = base.getScheme().equalsIgnoreCase("https");
    int port = base.getPort() < 0 ? (tls ? 443 : 80) : base.getPort();
    String query = json.path("query_parameter").textValue();
    if (query != null && (json.has("header") || json.has("prefix"))) {
      throw new UnfitTargetException(
          "/query_parameter", "the value goes into a header or into the query, not into both");
    }
    check("/query_parameter", query, PARAMETER);
    String header = query != null ? null : json.path("header").asText(DEFAULT_HEADER);
    check("/header", header, TOKEN);
    if (header != null && NOT_FOR_VALUES.contains(header.toLowerCase(Locale.ROOT))) {
      throw new UnfitTargetException("/header", "this field belongs to the message itself");
    }
    String prefix = query != null ? "" : json.path("prefix").asText(DEFAULT_PREFIX);
    check("/prefix", prefix, PREFIX);
    return new RelayTarget(tls, host(base), port, basePath, header, prefix, query, allow(json));
  }

  /** The same for what the database says; null when that makes no target. */
  public static @Nullable RelayTarget find(JsonNode json) {
    try {
      return of(json);
    } catch (UnfitTargetException e) {
      return null;
    }
  }

  private static URI base(String url) throws UnfitTargetException {
    URI base;
    try {
      base = new URI(url).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw new UnfitTargetException("/base_url", "is no URL");
    }
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http")) || base.getHost() == null) {
      throw new UnfitTargetException("/base_url", "must be an https URL with a host");
    }
    if (base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new UnfitTargetException("/base_url", "must have no user, query or fragment");
    }
    if (base.getPort() == 0 || base.getPort() > 65_535) {
      throw new UnfitTargetException("/base_url", "its port is none");
    }
    return base;
  }

  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static String host(URI base) throws UnfitTargetException {
    String host = base.getHost().toLowerCase(Locale.ROOT);
    if (host.indexOf('%') >= 0) {
      throw new UnfitTargetException("/base_url", "its address must have no zone");
    }
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static void check(String member, @Nullable String value, Pattern form)
      throws UnfitTargetException {
    if (value != null && !form.matcher(value).matches()) {
      throw new UnfitTargetException(member, "must match " + form.pattern());
    }
  }

  private static @Nullable List<AllowRule> allow(JsonNode json) throws UnfitTargetException {
    JsonNode given = json.path("allow");
    if (!given.isArray()) {
      return null;
    }
    List<AllowRule> rules = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      JsonNode rule = given.get(i);
      Set<String> methods = null;
      if (rule.path("methods").isArray()) {
        methods = new HashSet<>();
        for (JsonNode method : rule.path("methods")) {
          methods.add(method.asText().toUpperCase(Locale.ROOT));
        }
      }
      try {
        rules.add(AllowRule.of(methods, rule.path("path").asText("")));
      } catch (IllegalArgumentException e) {
        throw new UnfitTargetException("/allow/" + i + "/path", String.valueOf(e.getMessage()));
      }
    }
    return rules;
  }

  /** Whether the target allows a request to a path below the base, which is normal. */
  public boolean allows(String method, String normalPath) {
    if (allow == null) {
      return true;
    }
    for (AllowRule rule : allow) {
      if (rule.allows(method, normalPath)) {
        return true;
      }
    }
    return false;
  }
}

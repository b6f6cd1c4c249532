package io.postern.vault;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a relay may make.
 *
 * @param methods in capitals; null for every method
 * @param path below the base URL, from its slash, normal as {@link TargetPath} has it
 * @param below whether every path that begins with it is meant, or only this one
 */
public record AllowRule(@Nullable Set<String> methods, String path, boolean below) {

  public AllowRule {
    methods = methods == null ? null : Set.copyOf(methods);
  }

  /**
   * A rule as an administrator writes it.
   *
   * @param path begins with a slash and may end in {@code *}
   * @throws IllegalArgumentException saying what is wrong with the path
   */
  static AllowRule of(@Nullable Set<String> methods, String path) {
    boolean below = path.endsWith("*");
    String wanted = below ? path.substring(0, path.length() - 1) : path;
    if (!wanted.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with /");
    }
    String normal = TargetPath.findNormal(wanted);
    if (normal == null || wanted.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "a path has no empty or dot segments and no encoded slashes, and * stands at its end");
    }
    return new AllowRule(methods, normal, below);
  }

  /**
   * Whether the rule allows a request.
   *
   * @param normalPath as {@link TargetPath} has it
   */
  boolean allows(String method, String normalPath) {
    return allowsMethod(method) && (below ? normalPath.startsWith(path) : normalPath.equals(path));
  }

  // what may be read may be asked about (RFC 9110 §9.3.2)
  private boolean allowsMethod(String method) {
    return methods == null
        || methods.contains(method)
        || (method.equals("HEAD") && methods.contains("GET"));
  }
}

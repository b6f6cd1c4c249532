package io.postern.grant;

/**
 * The audiences of Postern itself. A grant on one of these does not count for a request that names
 * no audience, so that a link to a hosted credential breaks no client that has gone without.
 */
public final class BuiltInAudience {
  /** The admin API. */
  public static final String ADMIN = "urn:postern:admin";

  /** The vault of hosted credentials, on which grants follow from links. */
  public static final String VAULT = "urn:postern:vault";

  private BuiltInAudience() {}

  /** Whether the audience is one of these. */
  public static boolean contains(String audience) {
    return audience.equals(ADMIN) || audience.equals(VAULT);
  }
}

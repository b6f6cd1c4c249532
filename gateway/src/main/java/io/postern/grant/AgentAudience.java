package io.postern.grant;

import org.jspecify.annotations.Nullable;

/**
 * The audience that an agent has unless it was given another: {@code urn:postern:agent:} and its
 * id. It follows from the id, so the index does not hold it.
 */
public final class AgentAudience {
  private static final String PREFIX = "urn:postern:agent:";

  private AgentAudience() {}

  /** The audience of the agent of that id. */
  public static String of(String id) {
    return PREFIX + id;
  }

  /** The id in an audience of this form, or null for any other; whether it exists is not told. */
  public static @Nullable String findId(String audience) {
    return audience.startsWith(PREFIX) ? audience.substring(PREFIX.length()) : null;
  }
}

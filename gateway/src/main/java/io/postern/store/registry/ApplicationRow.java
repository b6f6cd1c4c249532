package io.postern.store.registry;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application: an agent, a service or a client.
 *
 * @param audience null for a client that is no resource
 * @param scopes in the order of their creation; an agent has one, its permission's
 */
public record ApplicationRow(
    String id,
    Kind kind,
    @Nullable String audience,
    Settings settings,
    List<Scope> scopes,
    boolean builtin,
    RowMeta meta)
    implements RegistryRow {

  public ApplicationRow {
    scopes = List.copyOf(scopes);
  }

  /** What an application was created as. */
  public enum Kind {
    AGENT("agent"),
    SERVICE("service");

    private final String value;

    Kind(String value) {
      this.value = value;
    }

    /** The word in the database, and in the API. */
    public String value() {
      return value;
    }
  }

  /**
   * What may be changed.
   *
   * @param accessTokenTtlSeconds of tokens for this audience, 60 to 86,400; null for the default
   * @param signingAlg of tokens for this audience; null for the default
   * @param tokensPerMinute the most that it gets from one gateway; null for no limit
   * @param permission null unless it is an agent
   */
  public record Settings(
      String name,
      String status,
      @Nullable Integer accessTokenTtlSeconds,
      @Nullable String signingAlg,
      String assertionAudience,
      @Nullable Integer tokensPerMinute,
      @Nullable Permission permission) {

    /** The same with another status. */
    public Settings withStatus(String other) {
      return new Settings(
          name,
          other,
          accessTokenTtlSeconds,
          signingAlg,
          assertionAudience,
          tokensPerMinute,
          permission);
    }
  }

  /**
   * How callers of an agent are permitted.
   *
   * @param scope the agent's one scope value
   * @param mode {@code auto} when name and scope follow the agent, {@code manual} when they were
   *     set
   */
  public record Permission(String name, String scope, String mode) {}

  /** A scope as it is shown with its application. */
  public record Scope(String value, @Nullable String name) {}
}

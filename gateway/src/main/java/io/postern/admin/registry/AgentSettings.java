package io.postern.admin.registry;

import static io.postern.admin.registry.TokenSettings.ALG;
import static io.postern.admin.registry.TokenSettings.TTL;

import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Patched;
import io.postern.store.registry.ApplicationRow.Permission;
import io.postern.store.registry.ApplicationRow.Settings;
import org.jspecify.annotations.Nullable;

/** What may be set of an agent: read from a body, defaulted and patched. */
public final class AgentSettings {
  public static final String RATE = "tokens_per_minute";

  public static final String ASSERTION_AUDIENCE = "assertion_audience";
  public static final String DEFAULT_ASSERTION_AUDIENCE = "issuer";
  private static final String DEFAULT_SCOPE = "agent.access";
  private static final String AUTO = "auto";
  public static final String MANUAL = "manual";

  private AgentSettings() {}

  /** The settings of a new agent. */
  public static Settings created(JsonFields body) {
    String name = body.requireText("name");
    String assertionAudience = body.findText(ASSERTION_AUDIENCE);
    return new Settings(
        name,
        "active",
        body.findInteger(TTL),
        body.findText(ALG),
        assertionAudience == null ? DEFAULT_ASSERTION_AUDIENCE : assertionAudience,
        body.findInteger(RATE),
        permissionPatch(body).over(automatic(name), name));
  }

  /** Every agent has one. */
  public static Permission permission(Settings settings) {
    Permission permission = settings.permission();
    if (permission == null) {
      throw new IllegalStateException("an agent without a permission");
    }
    return permission;
  }

  static Patch patch(JsonFields body) {
    return new Patch(
        body.findText("name"),
        body.findText("status"),
        body.patchedInteger(TTL),
        body.patchedText(ALG),
        body.patchedText(ASSERTION_AUDIENCE),
        body.patchedInteger(RATE),
        permissionPatch(body));
  }

  /** A merge patch of an agent; null where a member stays. */
  record Patch(
      @Nullable String name,
      @Nullable String status,
      Patched<Integer> ttl,
      Patched<String> alg,
      Patched<String> assertionAudience,
      Patched<Integer> tokensPerMinute,
      PermissionPatch permission) {

    Settings over(Settings present) {
      String newName = name == null ? present.name() : name;
      String audience =
          assertionAudience.over(present.assertionAudience(), present.assertionAudience());
      return new Settings(
          newName,
          status == null ? present.status() : status,
          ttl.over(present.accessTokenTtlSeconds(), TokenSettings.effectiveTtl(present)),
          alg.over(present.signingAlg(), TokenSettings.effectiveAlg(present)),
          audience == null ? DEFAULT_ASSERTION_AUDIENCE : audience,
          tokensPerMinute.given() ? tokensPerMinute.value() : present.tokensPerMinute(),
          permission.over(AgentSettings.permission(present), newName));
    }
  }

  /**
   * A merge patch of the permission.
   *
   * @param removed whether the permission as a whole is, which resets it
   */
  record PermissionPatch(
      boolean removed, Patched<String> name, Patched<String> scope, Patched<String> mode) {

    /** What is named by hand stays so; what is automatic follows the agent's name. */
    Permission over(Permission present, String agentName) {
      String newMode = present.mode();
      if (mode.given()) {
        newMode = mode.value() == null ? AUTO : mode.value();
      } else if (name.given() || scope.given()) {
        newMode = MANUAL;
      }
      if (removed || newMode.equals(AUTO)) {
        return automatic(agentName);
      }
      String newName = name.over(present.name(), present.name());
      String newScope = scope.over(present.scope(), present.scope());
      return new Permission(
          newName == null ? agentName : newName,
          newScope == null ? DEFAULT_SCOPE : newScope,
          newMode);
    }
  }

  private static PermissionPatch permissionPatch(JsonFields body) {
    boolean removed = body.has("permission") && body.find("permission") == null;
    JsonFields permission = body.findObject("permission");
    if (permission == null) {
      Patched<String> untouched = new Patched<>(false, null);
      return new PermissionPatch(removed, untouched, untouched, untouched);
    }
    return new PermissionPatch(
        false,
        permission.patchedText("name"),
        permission.patchedText("scope"),
        permission.patchedText("mode"));
  }

  private static Permission automatic(String agentName) {
    return new Permission(agentName, DEFAULT_SCOPE, AUTO);
  }
}

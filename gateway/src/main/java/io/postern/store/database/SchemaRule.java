package io.postern.store.database;

import org.jspecify.annotations.Nullable;

/** A rule that the schema holds against every writer. */
public enum SchemaRule {
  AUDIENCE_UNIQUE("application_audience_unique"),
  AUDIENCE_EQUAL("application_audience_equal"),
  ID_NEVER_REUSED("application_id_never_reused"),
  APPLICATION_IMMUTABLE("application_immutable"),
  APPLICATION_BUILTIN("application_builtin"),
  SCOPE_UNIQUE("scope_pkey"),
  KID_UNIQUE("client_key_kid_unique"),
  THUMBPRINT_UNIQUE("client_key_thumbprint_unique"),
  GRANT_OF_CLIENT("resource_grant_of_client"),
  GRANT_NOT_TO_ITSELF("resource_grant_not_to_itself"),
  GRANTED_SCOPE_EXISTS("resource_grant_scope_exists"),
  GRANT_NOT_ON_VAULT("resource_grant_not_on_vault"),
  IDENTIFIER_UNIQUE("hosted_credential_identifier_unique"),
  HOSTED_CREDENTIAL_IMMUTABLE("hosted_credential_immutable"),
  LINK_OF_AGENT("credential_link_of_agent"),
  RELAY_HAS_TARGET("credential_link_relay_has_target");

  private final String constraint;

  SchemaRule(String constraint) {
    this.constraint = constraint;
  }

  /** The rule that a constraint of that name holds, or null. */
  static @Nullable SchemaRule find(@Nullable String constraint) {
    for (SchemaRule rule : values()) {
      if (rule.constraint.equals(constraint)) {
        return rule;
      }
    }
    return null;
  }
}

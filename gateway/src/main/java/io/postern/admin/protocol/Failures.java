package io.postern.admin.protocol;

import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.SchemaRule;
import io.postern.store.database.SchemaRuleException;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;

/** What a request that failed is answered. */
public final class Failures {
  /** For what is no HTTP request of any sense. */
  static final Problem MALFORMED = Problem.badRequest("The request is malformed.");

  /** For what is not even tried. */
  static final Problem DATABASE_AWAY = unavailable(false);

  private Failures() {}

  public static Problem problem(Throwable failure) {
    return switch (failure) {
      case ProblemException e -> e.problem();
      case SchemaRuleException e when e.rule() == SchemaRule.AUDIENCE_EQUAL ->
          equalAudience(String.valueOf(e.said()));
      case SchemaRuleException e -> broken(e.rule());
      case DatabaseUnavailableException e -> unavailable(e.effectUnknown());
      // of the router: a query that cannot be decoded
      case HttpException e when e.getStatusCode() == 400 -> MALFORMED;
      default -> Problem.of(500, "internal", "Internal error", "See the log of the gateway.");
    };
  }

  private static Problem unavailable(boolean effectUnknown) {
    return Problem.of(
            503,
            "database-unavailable",
            "Database unavailable",
            effectUnknown
                ? "The connection broke at the commit: the change may have been made, or not."
                : "PostgreSQL cannot be reached; nothing has been changed.")
        .header("Retry-After", "2");
  }

  // RFC 8707 §2: a resource parameter would mean both
  private static Problem equalAudience(String said) {
    return Problem.conflict(
            "audience-equal", "The %s: the same URI in another spelling.".formatted(said))
        .with(List.of(Fault.at("/audience", "is the same URI as another in another spelling")));
  }

  public static Problem broken(SchemaRule rule) {
    return switch (rule) {
      case AUDIENCE_UNIQUE ->
          Problem.conflict("audience-taken", "Another application has this audience.")
              .with(List.of(Fault.at("/audience", "belongs to another application")));
      case AUDIENCE_EQUAL -> equalAudience("audience is equal to another");
      case ID_NEVER_REUSED ->
          Problem.conflict("client-id-taken", "This client_id is or was given to an application.")
              .with(List.of(Fault.at("/client_id", "is or was in use")));
      case APPLICATION_IMMUTABLE ->
          Problem.conflict("immutable", "An immutable member would change.");
      case APPLICATION_BUILTIN ->
          Problem.conflict("builtin", "What is built in cannot be changed.");
      case SCOPE_UNIQUE ->
          Problem.conflict("scope-exists", "The service has a scope of this value.")
              .with(List.of(Fault.at("/value", "exists already")));
      case KID_UNIQUE ->
          Problem.conflict("kid-exists", "The application has a key of this kid.")
              .with(List.of(Fault.at("/kid", "exists already")));
      case THUMBPRINT_UNIQUE ->
          Problem.conflict("key-exists", "The application has this key under another kid.");
      case GRANT_OF_CLIENT ->
          Problem.conflict("not-a-client", "The application is a service, not a client.");
      case GRANT_NOT_TO_ITSELF ->
          Problem.invalid(List.of(Fault.at("", "an agent cannot be granted itself")));
      case GRANTED_SCOPE_EXISTS ->
          Problem.invalid(List.of(Fault.at("/scopes", "must all exist on the service")));
      case GRANT_NOT_ON_VAULT ->
          Problem.conflict(
              "grant-on-vault",
              "What an agent may have of the vault follows from its links: link it to a hosted"
                  + " credential instead, PUT /agents/{client_id}/credentials/{credential_id}.");
      case IDENTIFIER_UNIQUE ->
          Problem.conflict("identifier-taken", "Another credential has this identifier.")
              .with(List.of(Fault.at("/identifier", "belongs to another credential")));
      case HOSTED_CREDENTIAL_IMMUTABLE ->
          Problem.conflict(
              "immutable", "Identifier, business type and kind of a credential are immutable.");
      case LINK_OF_AGENT ->
          Problem.conflict("not-an-agent", "Only agents are linked to hosted credentials.");
      case RELAY_HAS_TARGET ->
          Problem.conflict(
              "relay-without-target",
              "A link for the relay wants a credential with a target: give it one, or take the"
                  + " relay out of the links to it.");
    };
  }
}

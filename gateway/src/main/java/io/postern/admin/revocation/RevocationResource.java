package io.postern.admin.revocation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Fault;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.decision.DecisionMemory;
import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationTable;
import io.postern.store.revocation.RevocationRow;
import io.postern.store.revocation.RevocationTable;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends tokens before their time: those of an agent, those for a service, or one. */
public final class RevocationResource {
  private static final String ACTIVE = "active";
  private static final String DISABLED = "disabled";
  private static final String KINDS = "revocations";

  private final Transactions transactions;
  private final RegistryWriter writer;
  private final DecisionMemory decisions;
  private final Clock clock;

  /**
   * @param decisions what this gateway has decided last; live tokens are estimated by it
   */
  public RevocationResource(
      Transactions transactions, RegistryWriter writer, DecisionMemory decisions, Clock clock) {
    this.transactions = transactions;
    this.writer = writer;
    this.decisions = decisions;
    this.clock = clock;
  }

  /** What a request names, by the member that names it. */
  private enum Member {
    AGENT(LineKind.CLIENT),
    SERVICE(LineKind.RESOURCE),
    TOKEN(LineKind.TOKEN);

    private final LineKind kind;
    private final String label = name().toLowerCase(Locale.ROOT);

    Member(LineKind kind) {
      this.kind = kind;
    }
  }

  private record Wanted(
      Member member, String id, @Nullable String reason, boolean disable, boolean dryRun) {}

  /**
   * What is to be ended.
   *
   * @param lineId what the line is of
   * @param application null for a token
   */
  private record Subject(Wanted wanted, String lineId, @Nullable ApplicationRow application) {}

  public AdminResponse list(AdminRequest request) {
    Page page = Page.of(KINDS, request.query());
    return page.response(
        new RevocationTable(transactions.read()).list(page.after(), page.rowsToRead()),
        row -> row.meta().creationNumber(),
        RevocationResource::json);
  }

  public AdminResponse create(AdminRequest request) {
    Wanted wanted = wanted(request.body());
    if (wanted.dryRun) {
      return foresee(transactions.read(), wanted);
    }
    return writer.write(request, statements -> revoke(statements, wanted));
  }

  private static Wanted wanted(JsonFields body) {
    List<Member> named =
        Arrays.stream(Member.values()).filter(member -> body.find(member.label) != null).toList();
    Wanted wanted =
        new Wanted(
            named.isEmpty() ? Member.TOKEN : named.getFirst(),
            named.isEmpty() ? "" : body.requireText(named.getFirst().label),
            body.findText("reason"),
            body.flag("disable"),
            body.flag("dry_run"));
    if (named.size() != 1) {
      body.fault("must name one of agent, service and token");
    } else if (wanted.disable && wanted.member == Member.TOKEN) {
      body.fault("disable", "is for agents and services");
    }
    body.finish();
    return wanted;
  }

  private AdminResponse foresee(Statements statements, Wanted wanted) {
    Subject subject = subject(statements, wanted);
    NotBeforeLine line =
        new RevocationTable(statements).foresee(wanted.member.kind, subject.lineId);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json, line);
    return AdminResponse.ok(withAffected(statements, json, subject));
  }

  private AdminResponse revoke(Statements statements, Wanted wanted) {
    Subject subject = subject(statements, wanted);
    ApplicationRow application = subject.application;
    // first, since it draws a line of its own, which says less
    if (wanted.disable && application != null) {
      new ApplicationTable(statements)
          .update(application.id(), application.settings().withStatus(DISABLED));
    }
    RevocationRow row =
        new RevocationTable(statements)
            .draw(wanted.member.kind, subject.lineId, null, wanted.reason);
    return new AdminResponse(201, withAffected(statements, json(row), subject), Map.of());
  }

  private ObjectNode withAffected(Statements statements, ObjectNode json, Subject subject) {
    ApplicationRow application = subject.application;
    boolean disabled =
        application != null
            && (subject.wanted.disable || !application.settings().status().equals(ACTIVE));
    json.put("disabled", disabled);
    Instant now = clock.instant();
    json.set(
        "affected",
        switch (subject.wanted.member) {
          case AGENT -> Affected.ofAgent(statements, decisions, subject.lineId, now);
          case SERVICE ->
              Affected.ofService(
                  statements,
                  decisions,
                  application == null ? "" : application.id(),
                  subject.lineId,
                  now);
          case TOKEN -> Affected.ofToken(decisions, subject.lineId, now);
        });
    return json;
  }

  private static Subject subject(Statements statements, Wanted wanted) {
    return switch (wanted.member) {
      case TOKEN -> new Subject(wanted, wanted.id, null);
      case AGENT -> {
        ApplicationRow agent = require(statements, wanted);
        yield new Subject(wanted, agent.id(), agent);
      }
      case SERVICE -> {
        ApplicationRow service = require(statements, wanted);
        yield new Subject(wanted, requireNonNull(service.audience()), service);
      }
    };
  }

  private static ApplicationRow require(Statements statements, Wanted wanted) {
    ApplicationTable applications = new ApplicationTable(statements);
    ApplicationRow found =
        wanted.member == Member.AGENT
            ? applications.find(ApplicationRow.Kind.AGENT, wanted.id)
            // an agent is a resource too
            : applications.findResource(wanted.id);
    if (found == null) {
      throw Problem.invalid(
              List.of(
                  Fault.at(
                      "/" + wanted.member.label,
                      "there is no such "
                          + wanted.member.label
                          + "; tokens of one that was"
                          + " deleted have ended")))
          .exception();
    }
    return found;
  }

  private static ObjectNode json(RevocationRow row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("revocation_id", row.revocationId());
    put(json, row.line());
    return json.put("reason", row.reason())
        .put("ends_at", Rfc3339.format(row.endsAt()))
        .put("created_at", Rfc3339.format(row.meta().createdAt()))
        .put("updated_at", Rfc3339.format(row.meta().updatedAt()));
  }

  private static void put(ObjectNode json, NotBeforeLine line) {
    json.put("kind", line.kind().label());
    json.put("id", line.id());
    json.put("resource", line.resource());
    json.put(
        "not_before",
        line.second() == NotBeforeLine.ALWAYS
            ? null
            : Rfc3339.format(Instant.ofEpochSecond(line.second())));
  }
}

package io.postern.admin.topology;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.contract.AdminContract;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.AnswerStream;
import io.postern.admin.protocol.EntityTag;
import io.postern.admin.protocol.Failures;
import io.postern.admin.protocol.Faults;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Replicas;
import io.postern.admin.registry.Identifiers;
import io.postern.admin.registry.License;
import io.postern.admin.vault.NewValues;
import io.postern.admin.vault.VaultRules;
import io.postern.change.Revision;
import io.postern.store.database.SchemaRuleException;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.database.Transactions.Committed;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Action;
import io.postern.store.topology.TopologyTables;
import io.postern.store.topology.TopologyWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * All agents and services with their scopes, public keys and grants, and all hosted credentials
 * with the links to them, as one document.
 */
public final class TopologyDocument {
  static final String DRY_RUN = "dry_run";
  static final String PRUNE = "prune";

  private static final long MAX_BODY_BYTES = 256L * 1024 * 1024;

  /** How long this gateway's index may take for a change of any size. */
  private static final Duration INDEX_TIMEOUT = Duration.ofMinutes(2);

  private final AdminContract contract;
  private final Transactions transactions;
  private final RegistryWriter writer;
  private final Identifiers identifiers;
  private final License license;
  private final VaultRules vault;
  private final NewValues values;
  private final Clock clock;

  public TopologyDocument(
      AdminContract contract,
      Transactions transactions,
      RegistryWriter writer,
      Identifiers identifiers,
      License license,
      VaultRules vault,
      NewValues values,
      Clock clock) {
    this.contract = contract;
    this.transactions = transactions;
    this.writer = writer;
    this.identifiers = identifiers;
    this.license = license;
    this.vault = vault;
    this.values = values;
    this.clock = clock;
  }

  /** Shows all of it, as one snapshot has it. */
  public void export(AdminRequest request, AnswerStream answer) {
    transactions.snapshot(
        (statements, revision) -> {
          try {
            new TopologyExport(statements)
                .write(answer.begin("application/json", headers(revision)));
            return revision;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Makes the registry what the document says, or only tells what that would change. */
  public void apply(AdminRequest request, AnswerStream stream) throws IOException {
    Wanted wanted = read(request);
    TopologyAnswer answer = new TopologyAnswer(stream, request.accepts(TopologyAnswer.LINES));
    try {
      if (request.query().flag(DRY_RUN)) {
        show(wanted, answer);
      } else {
        write(request, wanted, answer);
      }
    } catch (SchemaRuleException e) {
      // its place is in an application, which is not the document
      Problem problem = Failures.problem(e).withoutFaults();
      answer.end(problem);
      throw problem.exception();
    } catch (RuntimeException e) {
      answer.end(Failures.problem(e));
      throw e;
    }
  }

  private record Wanted(Topology topology, boolean prune) {
    long size() {
      return topology.services().size()
          + 2L * topology.agents().size()
          + topology.credentials().elements().size();
    }
  }

  private Wanted read(AdminRequest request) throws IOException {
    var body = request.stream(MAX_BODY_BYTES);
    Faults faults = new Faults();
    Topology topology = new TopologyReader(contract, vault, faults, clock.instant()).read(body);
    Wanted wanted = new Wanted(topology, request.query().flag(PRUNE));
    if (!faults.isEmpty()) {
      // together with what the registry has against it
      transactions.snapshot(
          (statements, revision) -> compare(statements, wanted, faults, done -> {}));
    }
    return wanted;
  }

  private void show(Wanted wanted, TopologyAnswer answer) {
    transactions.snapshot(
        (statements, revision) -> {
          TopologyPlan plan = plan(statements, wanted, answer);
          ObjectNode result = result(plan, revision, true, wanted.prune);
          answer.end(result, headers(revision), plan);
          return plan;
        });
  }

  private void write(AdminRequest request, Wanted wanted, TopologyAnswer answer) {
    Duration wait = Replicas.findWait(request.query());
    Committed<TopologyPlan> committed =
        transactions.write(
            request.author(),
            statements -> {
              request.requireMatch(new TopologyTables(statements).revision());
              TopologyPlan plan = plan(statements, wanted, answer);
              new TopologyWriter(statements, values.sealer())
                  .write(plan, done -> answer.progress("write", done, plan.size()));
              return plan;
            });
    TopologyPlan plan = committed.result();
    ObjectNode result = result(plan, committed.revision(), false, wanted.prune);
    answer.tell("index", 0, 1);
    AdminResponse response =
        writer.answer(
            committed.revision(),
            AdminResponse.ok(result).tagged(committed.revision().number()),
            wait,
            wait == null ? INDEX_TIMEOUT : wait);
    answer.end(result, response.headers(), plan);
  }

  private TopologyPlan plan(Statements statements, Wanted wanted, TopologyAnswer answer) {
    TopologyPlan plan =
        compare(
            statements,
            wanted,
            new Faults(),
            done -> answer.progress("compare", done, wanted.size()));
    license.check(
        statements,
        plan.countApplications(TopologyPlan.Action.CREATE),
        plan.countApplications(TopologyPlan.Action.DELETE));
    vault
        .limit()
        .check(
            statements, plan.countCredentials(Action.CREATE), plan.countCredentials(Action.DELETE));
    return plan;
  }

  private TopologyPlan compare(
      Statements statements, Wanted wanted, Faults faults, IntConsumer progress) {
    return new TopologyComparison(
            wanted.topology, wanted.prune, statements, identifiers, values, faults)
        .run(progress);
  }

  private static ObjectNode result(
      TopologyPlan plan, Revision revision, boolean dryRun, boolean prune) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(DRY_RUN, dryRun).put(PRUNE, prune).put("revision", revision.number());
    json.put("etag", EntityTag.of(revision.number()));
    json.putObject("summary")
        .put("create", plan.count(Action.CREATE))
        .put("change", plan.count(Action.CHANGE))
        .put("delete", plan.count(Action.DELETE));
    return json;
  }

  private static Map<String, String> headers(Revision revision) {
    return Map.of(
        RegistryWriter.REVISION,
        Long.toString(revision.number()),
        AdminResponse.ETAG,
        EntityTag.of(revision.number()));
  }
}

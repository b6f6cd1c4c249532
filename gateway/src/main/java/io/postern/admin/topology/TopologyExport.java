package io.postern.admin.topology;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.topology.CredentialTables;
import io.postern.store.topology.CredentialTables.RegisteredCredential;
import io.postern.store.topology.CredentialTables.RegisteredLink;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyTables;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** The topology of a registry as a document that, applied, changes nothing. */
final class TopologyExport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TopologyTables tables;
  private final CredentialTables credentials;

  TopologyExport(Statements statements) {
    this.tables = new TopologyTables(statements);
    this.credentials = new CredentialTables(statements);
  }

  /** Writes all of it and closes the stream. */
  void write(OutputStream to) throws IOException {
    try (JsonGenerator json = JSON.getFactory().createGenerator(to)) {
      json.writeStartObject();
      json.writeArrayFieldStart("services");
      eachPage(
          Kind.SERVICE,
          rows -> {
            Map<String, List<Topology.Key>> keys =
                tables.keys(rows.stream().map(ApplicationRow::id).toList());
            for (ApplicationRow row : rows) {
              json.writeTree(
                  TopologyJson.document(
                      Registered.service(row, keys.getOrDefault(row.id(), List.of()))));
            }
          });
      json.writeEndArray();
      writeCredentials(json);
      json.writeArrayFieldStart("agents");
      eachPage(
          Kind.AGENT,
          rows -> {
            List<String> ids = rows.stream().map(ApplicationRow::id).toList();
            Map<String, List<Topology.Key>> keys = tables.keys(ids);
            Map<String, List<Topology.Grant>> grants = tables.grants(ids);
            Map<String, List<RegisteredLink>> links = credentials.links(ids);
            for (ApplicationRow row : rows) {
              json.writeTree(
                  TopologyJson.document(
                      Registered.agent(
                          row,
                          keys.getOrDefault(row.id(), List.of()),
                          grants.getOrDefault(row.id(), List.of()),
                          links.getOrDefault(row.id(), List.of()))));
            }
          });
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** Leaves the list out when it is empty, so that none that comes later is pruned by it. */
  private void writeCredentials(JsonGenerator json) throws IOException {
    List<RegisteredCredential> rows = credentials.list(0, TopologyComparison.PORTION);
    if (rows.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("credentials");
    while (!rows.isEmpty()) {
      for (RegisteredCredential row : rows) {
        json.writeTree(CredentialJson.document(row.credential()));
      }
      rows = credentials.list(rows.getLast().creationNumber(), TopologyComparison.PORTION);
    }
    json.writeEndArray();
  }

  private interface PageWriter {
    void write(List<ApplicationRow> rows) throws IOException;
  }

  private void eachPage(Kind kind, PageWriter writer) throws IOException {
    long after = 0;
    List<ApplicationRow> rows;
    do {
      rows = tables.list(kind, after, TopologyComparison.PORTION);
      writer.write(rows.stream().filter(row -> !Registered.isInstallation(row)).toList());
      after = rows.isEmpty() ? after : rows.getLast().meta().creationNumber();
    } while (rows.size() == TopologyComparison.PORTION);
  }
}

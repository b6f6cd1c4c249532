package io.postern.admin.topology;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyTables;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** The topology of a registry as a document that, applied, changes nothing. */
final class TopologyExport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TopologyExport() {}

  /** Writes all of it and closes the stream. */
  static void write(TopologyTables tables, OutputStream to) throws IOException {
    try (JsonGenerator json = JSON.getFactory().createGenerator(to)) {
      json.writeStartObject();
      json.writeArrayFieldStart("services");
      eachPage(
          tables,
          Kind.SERVICE,
          rows -> {
            for (ApplicationRow row : rows) {
              json.writeTree(TopologyJson.document(Registered.service(row)));
            }
          });
      json.writeEndArray();
      json.writeArrayFieldStart("agents");
      eachPage(
          tables,
          Kind.AGENT,
          rows -> {
            List<String> ids = rows.stream().map(ApplicationRow::id).toList();
            Map<String, List<Topology.Key>> keys = tables.keys(ids);
            Map<String, List<Topology.Grant>> grants = tables.grants(ids);
            for (ApplicationRow row : rows) {
              json.writeTree(
                  TopologyJson.document(
                      Registered.agent(
                          row,
                          keys.getOrDefault(row.id(), List.of()),
                          grants.getOrDefault(row.id(), List.of()))));
            }
          });
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private interface PageWriter {
    void write(List<ApplicationRow> rows) throws IOException;
  }

  private static void eachPage(TopologyTables tables, Kind kind, PageWriter writer)
      throws IOException {
    long after = 0;
    List<ApplicationRow> rows;
    do {
      rows = tables.list(kind, after, TopologyComparison.PORTION);
      writer.write(rows.stream().filter(row -> !Registered.isInstallation(row)).toList());
      after = rows.isEmpty() ? after : rows.getLast().meta().creationNumber();
    } while (rows.size() == TopologyComparison.PORTION);
  }
}

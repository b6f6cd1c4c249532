package io.postern.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OpenAPI document of the admin API. */
public final class AdminContract {
  /** Where it is shown, to anybody: who wants to know how to get a token has none. */
  static final String PATH = "/openapi.json";

  private static final String RESOURCE = "openapi.yaml";

  private final ObjectNode document;

  private AdminContract(ObjectNode document) {
    this.document = document;
  }

  /**
   * Reads the document.
   *
   * @param version of Postern
   * @param tokenEndpoint where this gateway issues tokens
   */
  public static AdminContract load(String version, String tokenEndpoint) {
    try (InputStream yaml = AdminContract.class.getResourceAsStream(RESOURCE)) {
      if (yaml == null) {
        throw new IllegalStateException(RESOURCE + " is missing");
      }
      ObjectNode document = new YAMLMapper().readValue(yaml, ObjectNode.class);
      document.withObject("/info").put("version", version);
      document
          .withObject("/components/securitySchemes/oauth2/flows/clientCredentials")
          .put("tokenUrl", tokenEndpoint);
      return new AdminContract(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The document, in JSON. */
  ObjectNode json() {
    return document.deepCopy();
  }
}

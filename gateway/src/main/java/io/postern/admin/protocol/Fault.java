package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One thing that is wrong with a request.
 *
 * @param locator {@code pointer} for a JSON Pointer into the body (RFC 6901), {@code parameter} for
 *     a query parameter
 */
public record Fault(String locator, String location, String detail) {

  public static Fault at(String pointer, String detail) {
    return new Fault("pointer", pointer, detail);
  }

  static Fault inParameter(String name, String detail) {
    return new Fault("parameter", name, detail);
  }

  ObjectNode json() {
    return JsonNodeFactory.instance.objectNode().put(locator, location).put("detail", detail);
  }
}

package io.postern.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON (RFC 8259) that a person wrote: one value, and no member twice. */
final class JsonDocument {
  /** How deep arrays and objects may stand in one another; the gateway reads no deeper ones. */
  static final int MAX_DEPTH = 32;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonDocument() {}

  /**
   * The value; missing in an empty text.
   *
   * @throws CommandFailedException with line and reason, when it is no JSON
   */
  static JsonNode read(SourceText source) throws IOException {
    try (JsonParser parser = new Checked(source, JSON.createParser(source.reader()))) {
      return JSON.readTree(parser) instanceof JsonNode node ? node : JSON.missingNode();
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw source.fault(line, "this is not JSON: " + e.getOriginalMessage());
    }
  }

  /** Stops at what would become another text or number: UTF-8 and a double cannot hold all. */
  private static final class Checked extends JsonParserDelegate {
    private final SourceText source;

    Checked(SourceText source, JsonParser parser) {
      super(parser);
      this.source = source;
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = super.nextToken();
      int line = currentTokenLocation().getLineNr();
      if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
        source.requireUnicode(line, getText());
      } else if (token == JsonToken.VALUE_NUMBER_FLOAT && !Double.isFinite(getDoubleValue())) {
        throw source.fault(line, "this number is too large");
      }
      return token;
    }
  }
}

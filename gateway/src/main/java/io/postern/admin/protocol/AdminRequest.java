package io.postern.admin.protocol;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.contract.ContractSchema;
import io.postern.admin.contract.Operation;
import io.postern.store.database.Author;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request, authenticated where the operation wants that. */
public final class AdminRequest {
  /** Of a body, so that what is wrong with it has a bound; a service with 1000 scopes has 6000. */
  private static final long MAX_TOKENS = 20_000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final RoutingContext context;
  private final @Nullable Author author;
  private final Operation operation;
  private final byte[] body;
  private final Query query;
  private final @Nullable IdempotencyKey idempotencyKey;

  /**
   * @param operation what is asked for
   * @param body all of it; empty where it is read as it arrives
   * @throws ProblemException when the query is not what the operation takes
   */
  AdminRequest(RoutingContext context, @Nullable Author author, Operation operation, byte[] body) {
    this.context = context;
    this.author = author;
    this.operation = operation;
    this.body = body;
    this.query = new Query(context.queryParams(), operation.query());
    this.idempotencyKey = findIdempotencyKey();
  }

  public Author author() {
    if (author == null) {
      throw new IllegalStateException("the request has not been authenticated");
    }
    return author;
  }

  public Query query() {
    return query;
  }

  /** Whether it is one that a key makes safe to repeat. */
  boolean repeatable() {
    return operation.method().equals(HttpMethod.POST) && !operation.reads();
  }

  /** What a POST is called, so that it can be repeated; null for most. */
  @Nullable IdempotencyKey idempotencyKey() {
    return idempotencyKey;
  }

  private @Nullable IdempotencyKey findIdempotencyKey() {
    HttpMethod method = context.request().method();
    return method.equals(HttpMethod.POST)
        ? IdempotencyKey.find(
            context.request().headers().getAll(IdempotencyKey.HEADER),
            method.name(),
            context.normalizedPath(),
            body)
        : null;
  }

  /** A segment of the path, decoded. */
  public String path(String name) {
    String value = context.pathParam(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no " + name);
    }
    return value;
  }

  /**
   * The members of the body, held against the contract. One that may be left out is read as empty.
   *
   * @throws ProblemException when it is no JSON object
   */
  public JsonFields body() {
    boolean empty = body.length == 0;
    if (empty && !operation.bodyRequired()) {
      return new JsonFields(JSON.createObjectNode(), "", new Faults());
    }
    ContractSchema schema = schema(empty);
    JsonNode node = parse(body);
    Faults faults = new Faults();
    faults.addAll("", schema.faults(node));
    if (node instanceof ObjectNode object) {
      return new JsonFields(object, "", faults);
    }
    throw Problem.invalid(List.of(Fault.at("", "must be an object"))).exception();
  }

  /**
   * A body that is read as it arrives, held against nothing yet; to be asked for before anything is
   * waited for.
   *
   * @throws ProblemException when it says that it is no JSON
   */
  public InputStream stream(long maxBytes) {
    InputStream body = new RequestStream(context.request(), maxBytes);
    var _ = schema(false);
    return body;
  }

  /** Whether the client asks for answers of that media type. */
  public boolean accepts(String type) {
    String accept = header("Accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(type);
  }

  /**
   * Holds If-Match against the row as it is.
   *
   * @throws ProblemException 412 when the client knows another state
   */
  public void requireMatch(long revision) {
    if (!EntityTag.matches(header("If-Match"), EntityTag.of(revision))) {
      throw Problem.preconditionFailed("The resource has changed: its ETag is another.")
          .exception();
    }
  }

  /**
   * Holds If-Match and If-None-Match against a resource that is about to be put.
   *
   * @param revision null when it does not exist yet
   * @throws ProblemException 412
   */
  public void requirePut(@Nullable Long revision) {
    // RFC 9110 §13.1.1: "*" is false when there is no current representation
    if (revision == null && header("If-Match") != null) {
      throw Problem.preconditionFailed("The resource does not exist.").exception();
    }
    if (revision != null) {
      requireMatch(revision);
      if (EntityTag.isKnown(header("If-None-Match"), EntityTag.of(revision))) {
        throw Problem.preconditionFailed("The resource exists already.").exception();
      }
    }
  }

  /** The answer to a GET of a row: all of it, or that the client has it. */
  public AdminResponse show(long revision, ObjectNode body) {
    boolean known = EntityTag.isKnown(header("If-None-Match"), EntityTag.of(revision));
    AdminResponse response = AdminResponse.ok(body).tagged(revision);
    return known ? new AdminResponse(304, null, response.headers()) : response;
  }

  private @Nullable String header(String name) {
    List<String> lines = context.request().headers().getAll(name);
    return lines.isEmpty() ? null : String.join(",", lines);
  }

  /** What a body of its type must be. */
  private ContractSchema schema(boolean empty) {
    String coding = header("Content-Encoding");
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      // RFC 9110 §12.5.3: what would have been accepted
      throw Problem.of(
              415,
              "unsupported-content-coding",
              "Unsupported content coding",
              "The body is encoded, as Content-Encoding says. Send it as it is.")
          .header("Accept-Encoding", "identity")
          .exception();
    }
    String type = header("Content-Type");
    for (Map.Entry<String, ContractSchema> body : operation.bodies().entrySet()) {
      if (type == null ? empty : is(type, body.getKey())) {
        return body.getValue();
      }
    }
    String types = String.join(", ", operation.bodies().keySet());
    Problem problem =
        Problem.of(
            415,
            "unsupported-media-type",
            "Unsupported media type",
            "The content type must be " + types.replace(", ", " or ") + ".");
    boolean patch = operation.method().equals(HttpMethod.PATCH);
    throw (patch ? problem.header("Accept-Patch", types) : problem).exception();
  }

  // RFC 8259 §11: JSON has no charset parameter, and one has no effect; its bytes are UTF-8
  private static boolean is(String type, String expected) {
    return expected.equals(type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip());
  }

  private static JsonNode parse(byte[] body) {
    JsonNode node;
    try {
      // RFC 8259 §8.1: UTF-8, and no guess at another encoding
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      node = JSON.readTree(text);
    } catch (CharacterCodingException | JsonProcessingException e) {
      // without the parser's message, which quotes the body
      throw Problem.badRequest(
              "The body is not JSON, has a member twice, is nested too deeply or has too many"
                  + " parts.")
          .exception();
    }
    if (node.isMissingNode()) {
      throw Problem.badRequest("The body is empty.").exception();
    }
    return node;
  }
}

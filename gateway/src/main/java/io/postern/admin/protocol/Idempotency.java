package io.postern.admin.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.store.audit.IdempotencyTable;
import io.postern.store.audit.KeptAnswer;
import io.postern.store.database.Statements;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Does what a keyed request asks for once, and answers its repeats as the first. The answer is kept
 * in the transaction of the change, so a crash loses both or none; of two at once the second waits
 * for the first, as all writers do. A request that changed nothing, because it was refused, leaves
 * its key free.
 */
final class Idempotency {
  private static final JsonMapper JSON = new JsonMapper();

  private Idempotency() {}

  /** Whether the request is a repeat, as far as can be said before its transaction. */
  static boolean isRepeat(Statements statements, AdminRequest request) {
    IdempotencyKey key = request.idempotencyKey();
    return key != null
        && new IdempotencyTable(statements).find(request.author().actor(), key.value()) != null;
  }

  /**
   * Does the work unless it was done; in its transaction.
   *
   * @throws ProblemException when the key is another request's, or the answer cannot be repeated
   */
  static AdminResponse once(
      Statements statements, AdminRequest request, Function<Statements, AdminResponse> work) {
    IdempotencyKey key = request.idempotencyKey();
    if (key == null) {
      return work.apply(statements);
    }
    IdempotencyTable kept = new IdempotencyTable(statements);
    String actor = request.author().actor();
    KeptAnswer former = kept.find(actor, key.value());
    if (former != null) {
      return repeat(former, key);
    }
    AdminResponse response = work.apply(statements);
    Problem repeated = response.repeated();
    kept.insert(
        actor,
        key.value(),
        key.requestHash(),
        repeated == null ? response.status() : repeated.status(),
        repeated == null ? response.headers() : repeated.headers(),
        text(repeated == null ? response.body() : repeated.body()));
    return response;
  }

  private static AdminResponse repeat(KeptAnswer former, IdempotencyKey key) {
    if (!former.requestHash().equals(key.requestHash())) {
      throw Problem.of(
              422,
              "idempotency-key-reused",
              "Idempotency key reused",
              "The key was sent with another request: its method, path or body was not the same.")
          .exception();
    }
    ObjectNode body = body(former.body());
    if (former.status() >= 400) {
      throw new Problem(former.status(), body, former.headers()).exception();
    }
    return new AdminResponse(former.status(), former.body() == null ? null : body, former.headers())
        .header(RegistryWriter.REVISION, Long.toString(former.revision()));
  }

  private static @Nullable String text(@Nullable ObjectNode body) {
    return body == null ? null : body.toString();
  }

  private static ObjectNode body(@Nullable String text) {
    try {
      return text == null
          ? JsonNodeFactory.instance.objectNode()
          : JSON.readValue(text, ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a kept answer is no JSON", e);
    }
  }
}

package io.postern.admin.vault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Patched;
import io.postern.store.vault.HostedCredentialRow.Settings;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What may be set of a hosted credential: read from a body and patched. */
final class CredentialSettings {
  static final String KEY_ID = "key_id";
  static final String RATE = "requests_per_minute";

  private static final JsonMapper JSON = new JsonMapper();

  private CredentialSettings() {}

  /**
   * The settings of a new credential.
   *
   * @param client null unless it is an OAuth client
   */
  static Settings created(
      JsonFields body, @Nullable ObjectNode client, Instant now, boolean allowsHttp) {
    return new Settings(
        body.requireText("name"),
        body.findText("description"),
        body.findText(KEY_ID),
        body.findTimeAfter("expires_at", now),
        body.findInteger(RATE),
        text(TargetJson.over(null, body, allowsHttp)),
        text(client));
  }

  /** Reads a patch, as far as that can be judged by itself. */
  static Patch patch(JsonFields body, Instant now, boolean allowsHttp) {
    TargetJson.check(body, allowsHttp);
    return new Patch(
        body.findText("name"),
        body.patchedText("description"),
        body.patchedText(KEY_ID),
        body.patchedTimeAfter("expires_at", now),
        body.patchedInteger(RATE));
  }

  /** A merge patch of a credential without target and client; null where the name stays. */
  record Patch(
      @Nullable String name,
      Patched<String> description,
      Patched<String> keyId,
      Patched<Instant> expiresAt,
      Patched<Integer> requestsPerMinute) {

    Settings over(Settings present, @Nullable String target, @Nullable String client) {
      return new Settings(
          name == null ? present.name() : name,
          description.over(present.description()),
          keyId.over(present.keyId()),
          expiresAt.over(present.expiresAt()),
          requestsPerMinute.over(present.requestsPerMinute()),
          target,
          client);
    }
  }

  /** Kept JSON as an object; null stays null. */
  static @Nullable ObjectNode object(@Nullable String text) {
    try {
      return text == null ? null : JSON.readValue(text, ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("jsonb is no JSON", e);
    }
  }

  static @Nullable String text(@Nullable ObjectNode object) {
    return object == null ? null : object.toString();
  }
}

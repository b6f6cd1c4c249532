package io.postern.admin.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.jose.UnfitKeyException;
import org.jspecify.annotations.Nullable;

/**
 * What somebody is about to send for a public key, judged by what the gateway judges it by, but
 * before it leaves the machine: a private key must not, not even to be refused.
 */
public final class UnsentKey {
  private UnsentKey() {}

  /**
   * Why a text must stay here, as what follows its name in a sentence; null if there are public
   * keys and certificates in it and nothing else. What nobody knows may be a private key.
   */
  public static @Nullable String whyNot(String text) {
    try {
      KeyText.requirePublic(text);
      return null;
    } catch (UnfitKeyException e) {
      return unsent(e.detail());
    }
  }

  /** The same of JSON: null unless there is something private in it, at whatever depth. */
  public static @Nullable String whyNot(JsonNode json) {
    for (String member : JwkReader.PRIVATE) {
      if (!json.findValues(member).stream().allMatch(JsonNode::isNull)) {
        return "holds a private key (%s): send the public one alone".formatted(member);
      }
    }
    try {
      ForeignKey.refuseMarked(json.toString());
      return null;
    } catch (UnfitKeyException e) {
      return unsent(e.detail());
    }
  }

  // what stays here need not be replaced
  private static String unsent(String detail) {
    return detail.replace(ForeignKey.REPLACE, "");
  }
}

package io.postern.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.postern.crypto.SealingKeys;
import io.postern.grant.Expiry;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import io.postern.vault.RelayTarget;
import io.postern.vault.SealedValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** API keys of LLM providers with one value and a target each, and a link to each. */
final class SampleCredentials {
  private static final String VALUE = "sk-0123456789012345678901234567890123456789";

  private SampleCredentials() {}

  static List<HostedCredential> make(int count) {
    SealingKeys keys = SealingKeys.NONE.withOlder("1", new byte[32]);
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              String id = "crd_%022d".formatted(i);
              String valueId = "val_%022d".formatted(i);
              return new HostedCredential(
                  id,
                  "model-%05d".formatted(i),
                  BusinessType.LLM,
                  CredentialKind.API_KEY,
                  "key-" + i,
                  CredentialLink.NO_LIMIT,
                  Expiry.NEVER,
                  RelayTarget.find(
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("base_url", "https://llm-%05d.example.com/v1".formatted(i))),
                  null,
                  List.of(
                      new SealedValue(
                          valueId,
                          keys.seal(
                              VALUE.getBytes(StandardCharsets.UTF_8),
                              SealedValue.context(id, valueId)),
                          Expiry.NEVER)),
                  null);
            })
        .toList();
  }

  static List<CredentialLink> links(List<HostedCredential> credentials) {
    return credentials.stream()
        .map(
            credential ->
                new CredentialLink(
                    credential.id(), true, true, CredentialLink.NO_LIMIT, Expiry.NEVER))
        .toList();
  }
}

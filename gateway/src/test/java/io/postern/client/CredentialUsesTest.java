package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.client.CredentialUses.Credential;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialUsesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final CredentialUses uses = new CredentialUses();

  @Test
  void note_keepsTheFirstUseUntilItIsDrained() {
    Credential key = new Credential.Key("an-agent", "a");
    uses.note(key, NOW);
    uses.note(key, NOW.plusSeconds(1));
    assertThat(uses.drain()).isEqualTo(Map.of(key, NOW));
    assertThat(uses.drain()).isEmpty();
    uses.note(key, NOW.plusSeconds(2));
    assertThat(uses.drain()).isEqualTo(Map.of(key, NOW.plusSeconds(2)));
  }

  @Test
  void note_equalSecretsAreOne() {
    uses.note(new Credential.Secret("an-agent", secret()), NOW);
    uses.note(new Credential.Secret("an-agent", secret()), NOW);
    uses.note(new Credential.Secret("another", secret()), NOW);
    assertThat(uses.drain()).hasSize(2);
  }

  @Test
  void note_isBounded() {
    for (int i = 0; i < 150_000; i++) {
      uses.note(new Credential.Key("agent-" + i, "a"), NOW);
    }
    assertThat(uses.drain()).hasSize(100_000);
  }

  private static ClientSecret secret() {
    return new ClientSecret("key", new byte[32], Long.MAX_VALUE);
  }
}

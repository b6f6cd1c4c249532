package io.postern;

import io.postern.crypto.RandomIds;
import io.postern.decision.CredentialUsage;
import io.postern.http.HandedValues;
import io.postern.http.SealedValues;
import io.postern.provider.ProviderClient;
import io.postern.provider.ProviderTokens;
import io.postern.relay.Targets;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.vault.ProviderTokenTable;
import io.postern.store.vault.UsageTable;
import io.postern.sync.WriteBack;
import java.time.Duration;
import java.util.Map;

/** Hosted credentials: where their values come from. */
final class VaultSide {
  /** What a crash may lose of the usage. */
  private static final Duration USAGE_WITHIN = Duration.ofSeconds(10);

  private VaultSide() {}

  /**
   * Begins to keep the tokens of hosted OAuth clients.
   *
   * @param targets which providers may be called
   */
  static HandedValues start(Foundation base, Targets targets) {
    ProviderClient provider =
        new ProviderClient(
            targets.client(base.vertx()), targets::address, base.crypto(), base.clock());
    ProviderTokens tokens =
        new ProviderTokens(
            new ProviderTokenTable(new Transactions(base.connections())),
            provider,
            base.keyring()::vaultKeys,
            new RandomIds(base.crypto().secureRandom()).next(),
            base.clock());
    base.parts().deployOnVirtualThread(tokens);
    return new SealedValues(base.keyring()::vaultKeys, tokens::get);
  }

  /** Begins to write down what agents do with hosted credentials, as it is told of it. */
  static CredentialUsage startUsage(Foundation base) {
    CredentialUsage usage = new CredentialUsage();
    UsageTable table = new UsageTable(new Statements(base.connections()));
    base.parts()
        .deployOnVirtualThread(
            new WriteBack(
                "The use of hosted credentials", USAGE_WITHIN, () -> write(usage, table)));
    return usage;
  }

  // what cannot be written waits for the next time
  private static void write(CredentialUsage usage, UsageTable table) {
    Map<CredentialUsage.Key, CredentialUsage.Counts> counts = usage.drain();
    try {
      table.add(counts);
    } finally {
      // each portion that was written is out of it
      usage.putBack(counts);
    }
  }
}

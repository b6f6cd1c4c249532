package io.postern;

import io.postern.store.audit.Retention;
import io.postern.store.database.Transactions;
import io.postern.store.feed.FeedPruning;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.store.revocation.LinePruning;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to the database again and again, by one gateway for all. */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private Upkeep() {}

  /** Begins with it. */
  static void start(Foundation base) {
    GatewaySettings settings = base.settings();
    Transactions transactions = new Transactions(base.connections());
    FeedPruning pruning = new FeedPruning(transactions, settings.index().feedRetention());
    base.parts().repeat("The pruning of the change feed", Duration.ofMinutes(1), pruning::run);
    Retention retention = new Retention(transactions, settings.audit().retention());
    base.parts().repeat("The pruning of the audit", Duration.ofMinutes(10), retention::run);
    LinePruning lines = new LinePruning(transactions);
    base.parts().repeat("The pruning of not-before lines", Duration.ofMinutes(10), lines::run);
    SigningKeyRotation rotation =
        new SigningKeyRotation(transactions, base.keyring(), settings.signingKeys().intervals());
    base.parts()
        .repeat(
            "The rotation of signing keys",
            Duration.ofSeconds(2),
            () -> rotation.run().forEach(step -> LOG.info("{}", step.told())));
  }
}

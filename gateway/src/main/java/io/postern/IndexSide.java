package io.postern;

import io.postern.index.GrantIndex;
import io.postern.store.keys.SigningKeySettings;
import io.postern.store.replica.ReplicaTable;
import io.postern.sync.IndexSync;
import io.postern.sync.PublishedRevisions;
import io.postern.sync.ReplicaPresence;
import io.postern.sync.SyncMetrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/** What keeps the index in step with the database, and tells the other gateways so. */
final class IndexSide {
  private static final Duration DATABASE_AWAY_AFTER = Duration.ofSeconds(3);

  private final GrantIndex index;
  private final IndexSync sync;

  private IndexSide(GrantIndex index, IndexSync sync) {
    this.index = index;
    this.sync = sync;
  }

  /**
   * Begins to follow the database.
   *
   * @param published is told each revision that the index has
   */
  static IndexSide start(Foundation base, PublishedRevisions published) {
    ReplicaPresence presence =
        new ReplicaPresence(base.settings().database(), identity(base), base.clock());
    IndexSync sync =
        new IndexSync(
            base.settings().database(),
            base.keyring(),
            base.index(),
            published,
            presence,
            new SyncMetrics(base.metrics().meters()));
    // stopped last: others count on this gateway until it issues no more
    base.parts().deployOnVirtualThread(presence);
    base.parts().deployOnVirtualThread(sync);
    return new IndexSide(base.index(), sync);
  }

  /** Returns when requests may be answered by the index. */
  void awaitLoaded() {
    sync.loaded().await();
  }

  /**
   * Whether it is known that the database cannot be reached. A lost connection alone may be back at
   * once; while much is read, the sync is in step.
   */
  boolean isDatabaseAway() {
    return !sync.isInStep()
        && index.staleness(System.nanoTime()).compareTo(DATABASE_AWAY_AFTER) > 0;
  }

  private static ReplicaTable.Identity identity(Foundation base) {
    SecureRandom random = base.crypto().secureRandom();
    byte[] id = new byte[8];
    random.nextBytes(id);
    SigningKeySettings signingKeys = base.settings().signingKeys();
    // a letter first, so that it can stand as a token in a structured header
    return new ReplicaTable.Identity(
        "r" + HexFormat.of().formatHex(id),
        hostName(base) + ":" + base.settings().listeners().http().port(),
        base.index().maxStaleness(),
        signingKeys.jwksMaxAge());
  }

  private static String hostName(Foundation base) {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return base.settings().listeners().http().host();
    }
  }
}

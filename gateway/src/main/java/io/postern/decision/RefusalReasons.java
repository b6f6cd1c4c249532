package io.postern.decision;

import io.postern.oauth.Refusal;
import io.postern.oauth.RefusalReason;
import io.postern.vault.VaultRefusal;
import java.util.List;
import java.util.stream.Stream;

/** Every reason that something is refused for. */
public final class RefusalReasons {
  /** All, each once. */
  public static final List<RefusalReason> ALL =
      Stream.<RefusalReason>concat(Stream.of(Refusal.values()), Stream.of(VaultRefusal.values()))
          .toList();

  private RefusalReasons() {}
}

package io.postern.relay;

import io.postern.vault.VaultRefusal;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a failure to connect to a target is told as. */
final class TargetFailure {
  private TargetFailure() {}

  static VaultRefusal reasonOf(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return VaultRefusal.TARGET_UNTRUSTED;
      }
      if (cause instanceof ConnectionPoolTooBusyException) {
        return VaultRefusal.TOO_MANY_AT_ONCE;
      }
      if (cause instanceof TimeoutException) {
        return VaultRefusal.TARGET_TIMEOUT;
      }
    }
    return VaultRefusal.TARGET_UNREACHABLE;
  }
}

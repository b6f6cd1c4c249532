package io.postern.relay;

import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who vouches for targets.
 *
 * @param options null for the JDK's roots alone
 */
record TargetTrust(@Nullable TrustOptions options) {

  /** The JDK's roots and these. */
  static TargetTrust with(List<X509Certificate> authorities) {
    if (authorities.isEmpty()) {
      return new TargetTrust(null);
    }
    try {
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      int count = 0;
      for (X509Certificate root : trustManager(null).getAcceptedIssuers()) {
        roots.setCertificateEntry("root-" + count++, root);
      }
      for (X509Certificate root : authorities) {
        roots.setCertificateEntry("root-" + count++, root);
      }
      return new TargetTrust(TrustOptions.wrap(trustManager(roots)));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("certificates that have been read cannot be trusted", e);
    }
  }

  // null for the JDK's
  private static X509TrustManager trustManager(@Nullable KeyStore roots)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(roots);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager trust) {
        return trust;
      }
    }
    throw new IllegalStateException("every JDK has an X509TrustManager");
  }
}

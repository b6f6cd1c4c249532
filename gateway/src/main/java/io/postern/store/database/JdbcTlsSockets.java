package io.postern.store.database;

import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.postgresql.ssl.NonValidatingFactory;
import org.postgresql.ssl.WrappedFactory;

/**
 * TLS for JDBC as {@link DatabaseTls} has it for Vert.x: the same trust, the same form of files.
 * The driver makes it by the name of its class, with a data source's properties.
 */
public final class JdbcTlsSockets extends WrappedFactory {
  private final boolean verifiesName;

  /**
   * Called by the driver.
   *
   * @throws GeneralSecurityException if the JDK cannot do TLS
   */
  public JdbcTlsSockets(Properties properties) throws GeneralSecurityException {
    DatabaseTls tls =
        DatabaseTls.parse(
            properties.getProperty("sslmode"),
            properties.getProperty("sslrootcert"),
            properties.getProperty("sslcert"),
            properties.getProperty("sslkey"));
    verifiesName = tls.mode() == SslMode.VERIFY_FULL;
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        tls.identity() == null ? null : new KeyManager[] {tls.identity().keyManager()},
        new TrustManager[] {
          tls.roots() == null ? new NonValidatingFactory.NonValidatingTM() : tls.roots()
        },
        new SecureRandom());
    factory = context.getSocketFactory();
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket socket = (SSLSocket) super.createSocket(plain, host, port, autoClose);
    if (verifiesName) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
    }
    return socket;
  }
}

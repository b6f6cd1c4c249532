package io.postern.command;

import io.postern.setting.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code postern health}: asks the gateway on this machine whether it is ready, for container
 * engines and scripts on images that have no {@code curl}.
 */
@Command(
    mixinStandardHelpOptions = true,
    description =
        "Asks the gateway on this machine whether it is ready, prints what it says, and exits with"
            + " 0 if it is and with 1 if it is not or does not answer.",
    footer = {"", "It takes the gateway's own variables, POSTERN_MANAGEMENT_PORT among them."})
public final class HealthCommand implements Callable<Integer> {
  @Option(
      names = "--management-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address of the management listener. Default: ${DEFAULT-VALUE}")
  private String managementHost = "127.0.0.1";

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      defaultValue = "9000",
      description = "Port of the management listener. Default: ${DEFAULT-VALUE}")
  private int managementPort = 9000;

  @Option(
      names = "--management-tls-cert-file",
      paramLabel = "FILE",
      description = "The management listener's certificate, in PEM; no other one is accepted.")
  private @Nullable Path certFile;

  @Option(
      names = "--health-timeout",
      paramLabel = "DURATION",
      defaultValue = "PT3S",
      description = "How long to wait for the answer. Default: ${DEFAULT-VALUE}")
  private Duration timeout = Duration.ofSeconds(3);

  @Override
  public Integer call() {
    URL ready = readiness();
    try {
      // not java.net.http: its threads and TLS take longer to load than the answer takes to come
      HttpURLConnection connection = (HttpURLConnection) ready.openConnection(Proxy.NO_PROXY);
      if (certFile != null && connection instanceof HttpsURLConnection tls) {
        // the certificate itself is what is known, whatever names it has
        tls.setSSLSocketFactory(accepting(certFile).getSocketFactory());
        tls.setHostnameVerifier((name, session) -> true);
      }
      connection.setConnectTimeout(Math.toIntExact(timeout.toMillis()));
      connection.setReadTimeout(Math.toIntExact(timeout.toMillis()));
      boolean up = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      try (InputStream answer = up ? connection.getInputStream() : connection.getErrorStream()) {
        if (answer != null) {
          System.out.println(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      return up ? 0 : 1;
    } catch (IOException e) {
      throw new StartException("no answer from " + ready + ": " + e.getMessage(), e);
    }
  }

  private static SSLContext accepting(Path certFile) {
    try (InputStream pem = Files.newInputStream(certFile)) {
      KeyStore accepted = KeyStore.getInstance(KeyStore.getDefaultType());
      accepted.load(null, null);
      accepted.setCertificateEntry(
          "gateway", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(accepted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingException(
          "POSTERN_MANAGEMENT_TLS_CERT_FILE", "no certificate can be read from " + certFile);
    }
  }

  private URL readiness() {
    // an address to listen on that means all of them
    String host =
        switch (managementHost) {
          case "0.0.0.0" -> "127.0.0.1";
          case "::", "0:0:0:0:0:0:0:0" -> "::1";
          default -> managementHost;
        };
    try {
      String scheme = certFile == null ? "http" : "https";
      return new URI(scheme, null, host, managementPort, "/health/ready", null, null).toURL();
    } catch (URISyntaxException | IOException | IllegalArgumentException e) {
      throw new SettingException("POSTERN_MANAGEMENT_HOST", managementHost + " is not a host");
    }
  }
}

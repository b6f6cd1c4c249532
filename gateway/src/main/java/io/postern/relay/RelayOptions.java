package io.postern.relay;

import static io.postern.setting.Settings.check;
import static io.postern.setting.Settings.checkBetween;
import static io.postern.setting.Settings.parse;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of the relay. */
public final class RelayOptions {
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration MOST_CONNECT_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration MOST_TIMEOUT = Duration.ofHours(1);
  private static final int MOST_REQUESTS = 1_000_000;
  private static final int MOST_CONNECTIONS = 10_000;
  private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");

  @Option(
      names = "--relay-connect-timeout",
      paramLabel = "DURATION",
      defaultValue = "PT5S",
      description =
          "How long the relay waits for a connection to a target. Default: ${DEFAULT-VALUE}")
  Duration connectTimeout = RelaySettings.DEFAULT.deadlines().connect();

  @Option(
      names = "--relay-first-byte-timeout",
      paramLabel = "DURATION",
      defaultValue = "PT60S",
      description =
          "How long the relay waits for the head of a target's answer. Default: ${DEFAULT-VALUE}")
  Duration firstByteTimeout = RelaySettings.DEFAULT.deadlines().firstByte();

  @Option(
      names = "--relay-idle-timeout",
      paramLabel = "DURATION",
      defaultValue = "PT60S",
      description =
          "How long a body that is relayed may stand still, either way. Default: ${DEFAULT-VALUE}")
  Duration idleTimeout = RelaySettings.DEFAULT.deadlines().idle();

  @Option(
      names = "--relay-max-requests",
      paramLabel = "COUNT",
      defaultValue = "10000",
      description =
          "The most relayed calls in progress; beyond it they are answered with 429. Default:"
              + " ${DEFAULT-VALUE}")
  int maxRequests = RelaySettings.DEFAULT.maxRequests();

  @Option(
      names = "--relay-max-connections",
      paramLabel = "COUNT",
      defaultValue = "256",
      description =
          "The most connections to one target, of each event loop. Default: ${DEFAULT-VALUE}")
  int maxConnections = RelaySettings.DEFAULT.maxConnections();

  @Option(
      names = "--relay-networks",
      paramLabel = "NETWORK",
      split = ",",
      description =
          "Addresses or networks that the relay may call though they are not public, separated by"
              + " commas, as 10.1.0.0/16. Default: none")
  List<String> networks = List.of();

  @Option(
      names = "--relay-allow-http",
      paramLabel = "BOOLEAN",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description =
          "Whether the relay may call targets without TLS: true or false. Default:"
              + " ${DEFAULT-VALUE}")
  boolean allowHttp;

  @Option(
      names = "--relay-tls-ca-file",
      paramLabel = "FILE",
      description = "Roots that vouch for targets besides the JDK's, in PEM.")
  @Nullable Path tlsCaFile;

  private boolean forDevelopment;

  /** Has targets on this machine allowed, and without TLS, whatever is set. */
  public void developHere() {
    forDevelopment = true;
  }

  /**
   * The settings, checked; the file has been read.
   *
   * @throws SettingException naming the first bad one
   */
  public RelaySettings settings() {
    checkBetween(
        "POSTERN_RELAY_CONNECT_TIMEOUT", connectTimeout, LEAST_TIMEOUT, MOST_CONNECT_TIMEOUT);
    checkBetween("POSTERN_RELAY_FIRST_BYTE_TIMEOUT", firstByteTimeout, LEAST_TIMEOUT, MOST_TIMEOUT);
    checkBetween("POSTERN_RELAY_IDLE_TIMEOUT", idleTimeout, LEAST_TIMEOUT, MOST_TIMEOUT);
    check(
        "POSTERN_RELAY_MAX_REQUESTS",
        maxRequests >= 1 && maxRequests <= MOST_REQUESTS,
        maxRequests + " is not from 1 to " + MOST_REQUESTS);
    check(
        "POSTERN_RELAY_MAX_CONNECTIONS",
        maxConnections >= 1 && maxConnections <= MOST_CONNECTIONS,
        maxConnections + " is not from 1 to " + MOST_CONNECTIONS);
    List<String> allowed = new ArrayList<>(Settings.elements(networks));
    if (forDevelopment) {
      allowed.addAll(LOOPBACK);
    }
    return new RelaySettings(
        new RelaySettings.Deadlines(connectTimeout, firstByteTimeout, idleTimeout),
        maxRequests,
        maxConnections,
        parse("POSTERN_RELAY_NETWORKS", allowed, AddressPolicy::allowing),
        allowHttp || forDevelopment,
        tlsCaFile == null ? List.of() : authorities(tlsCaFile));
  }

  private static List<X509Certificate> authorities(Path file) {
    List<X509Certificate> authorities = new ArrayList<>();
    try (InputStream pem = Files.newInputStream(file)) {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(pem)
          .forEach(certificate -> authorities.add((X509Certificate) certificate));
    } catch (IOException e) {
      throw new SettingException(
          "POSTERN_RELAY_TLS_CA_FILE", "the file " + file + " cannot be read");
    } catch (CertificateException e) {
      throw new SettingException("POSTERN_RELAY_TLS_CA_FILE", file + " is not well-formed PEM");
    }
    check(
        "POSTERN_RELAY_TLS_CA_FILE",
        !authorities.isEmpty(),
        file + " has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    return authorities;
  }
}

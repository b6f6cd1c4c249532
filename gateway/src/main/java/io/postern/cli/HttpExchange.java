package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.postern.setting.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An HTTP client whose failures are told to a person. It follows no redirect, which might leak. */
public final class HttpExchange implements AutoCloseable {
  /** How long an answer to a short request may take. */
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client;

  private HttpExchange(HttpClient client) {
    this.client = client;
  }

  /**
   * A client; to be closed.
   *
   * @param authorities certificates in PEM that servers' must come from; null for the JDK's
   * @throws IOException when they cannot be read
   * @throws GeneralSecurityException when they are none
   */
  public static HttpExchange create(@Nullable Path authorities)
      throws IOException, GeneralSecurityException {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT);
    if (authorities != null) {
      client.sslContext(trusting(authorities));
    }
    return new HttpExchange(client.build());
  }

  HttpResponse<byte[]> send(HttpRequest request) {
    return send(request, BodyHandlers.ofByteArray());
  }

  HttpResponse<InputStream> open(HttpRequest request) {
    return send(request, BodyHandlers.ofInputStream());
  }

  /** The JSON of a body; missing when it has none. */
  static JsonNode json(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** The JSON of a body that is read now. */
  static JsonNode json(InputStream body) {
    try (body) {
      return json(body.readAllBytes());
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** That a server cannot be talked to, in words. */
  static CommandFailedException unreachable(URI uri, IOException e) {
    String server = uri.getScheme() + "://" + uri.getAuthority();
    String reason =
        switch (e) {
          case HttpTimeoutException _ -> "it does not answer in time";
          case ConnectException _ -> "the connection is refused; is the gateway running there?";
          case SSLException ssl -> "TLS fails: " + ssl.getMessage();
          default -> e.getMessage() == null ? "the connection broke" : e.getMessage();
        };
    return new CommandFailedException(server + " cannot be reached: " + reason, true);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    try {
      return client.send(request, handler);
    } catch (IOException e) {
      throw unreachable(request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted");
    }
  }

  private static SSLContext trusting(Path authorities)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    Collection<? extends Certificate> certificates;
    try (InputStream pem = InputFile.open(authorities)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(pem);
    }
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca-" + store.size(), certificate);
    }
    if (store.size() == 0) {
      throw new GeneralSecurityException("no certificate");
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}

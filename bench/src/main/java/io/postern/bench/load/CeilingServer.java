package io.postern.bench.load;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ceiling: a bare Vert.x handler that takes the body, makes the signature and the verification
 * that a request cannot be answered without, and answers the same number of static bytes with the
 * same header fields as the gateway. It parses nothing, looks nothing up and hashes nothing.
 *
 * <p>Arguments: port, event loops, and for each {@link RequestKind} {@code
 * NAME=signing-input-length,body-length}.
 */
public final class CeilingServer extends VerticleBase {
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("pragma");
  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("www-authenticate");
  private static final CharSequence CHALLENGE =
      HttpHeaders.createOptimized("Basic realm=\"postern\", charset=\"UTF-8\"");

  /** How long what is signed and what is answered are, in bytes. */
  record Lengths(int signingInput, int body) {
    static Lengths parse(String text) {
      String[] parts = text.split(",", 2);
      return new Lengths(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
      return signingInput + "," + body;
    }
  }

  /** What a request of a kind takes. Confined to the event loop. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Work(
      int status,
      Buffer body,
      byte[] input,
      @Nullable Signature signer,
      @Nullable Signature verifier,
      byte[] signed) {}

  private final int port;
  private final Map<RequestKind, Lengths> kinds;
  private final CryptoProvider provider = CryptoProvider.best();
  private final Map<String, Work> works = new HashMap<>();

  private CeilingServer(int port, Map<RequestKind, Lengths> kinds) {
    this.port = port;
    this.kinds = kinds;
  }

  /** Runs until it is killed. */
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    int eventLoops = Integer.parseInt(args[1]);
    Map<RequestKind, Lengths> kinds = new HashMap<>();
    for (int i = 2; i < args.length; i++) {
      String[] kind = args[i].split("=", 2);
      kinds.put(RequestKind.valueOf(kind[0]), Lengths.parse(kind[1]));
    }
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(eventLoops));
    vertx
        .deployVerticle(
            () -> new CeilingServer(port, kinds), new DeploymentOptions().setInstances(eventLoops))
        .await();
  }

  @Override
  public Future<?> start() throws GeneralSecurityException {
    for (Map.Entry<RequestKind, Lengths> kind : kinds.entrySet()) {
      works.put(
          RequestKind.PATH + kind.getKey().ceilingPath(), work(kind.getKey(), kind.getValue()));
    }
    return vertx
        .createHttpServer()
        .requestHandler(request -> request.bodyHandler(body -> answer(request)))
        .listen(port, "127.0.0.1");
  }

  private Work work(RequestKind kind, Lengths lengths) throws GeneralSecurityException {
    byte[] input = "x".repeat(lengths.signingInput()).getBytes(StandardCharsets.US_ASCII);
    Signature signer = null;
    SignatureAlgorithm algorithm = kind.signs();
    if (algorithm != null) {
      signer = algorithm.newSignature(provider);
      signer.initSign(
          new SigningKeyGenerator(provider)
              .generate(algorithm, SigningKey.State.ACTIVE)
              .privateKey());
    }
    Signature verifier = null;
    byte[] signed = {};
    if (kind.verifies()) {
      KeyPairGenerator generator = provider.keyPairGenerator("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      verifier = SignatureAlgorithm.ES256.newSignature(provider);
      verifier.initSign(pair.getPrivate());
      verifier.update(input);
      signed = verifier.sign();
      verifier.initVerify(pair.getPublic());
    }
    Buffer body = Buffer.buffer("x".repeat(lengths.body()));
    return new Work(kind.status(), body, input, signer, verifier, signed);
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Work work = works.get(request.path());
    if (work == null || !isDone(work)) {
      response.setStatusCode(500).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(PRAGMA, NO_CACHE);
    if (work.status == 401) {
      response.putHeader(WWW_AUTHENTICATE, CHALLENGE);
    }
    response.setStatusCode(work.status).end(work.body);
  }

  private static boolean isDone(Work work) {
    try {
      if (work.verifier != null) {
        work.verifier.update(work.input);
        if (!work.verifier.verify(work.signed)) {
          return false;
        }
      }
      if (work.signer != null) {
        work.signer.update(work.input);
        return work.signer.sign().length > 0;
      }
      return true;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the provider cannot sign", e);
    }
  }
}

package io.postern.verifier;

import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

/** Takes documents: verifies them, adds them up, and publishes what they come to. One thread's. */
final class LineIntake {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String issuer;
  private final KeyCache keys;
  private final KnownLines known;
  private final LineWatch watch;
  private final Clock clock;

  LineIntake(String issuer, KeyCache keys, KnownLines known, LineWatch watch, Clock clock) {
    this.issuer = issuer;
    this.keys = keys;
    this.known = known;
    this.watch = watch;
    this.clock = clock;
  }

  /** A document of all lines, and when it came. */
  void replace(String compact, long receivedNanos)
      throws IOException, InterruptedException, UnfitDocumentException {
    LineDocument document = read(compact);
    watch.publish(known.replace(document, clock.instant()), receivedNanos);
    tellKeys(document);
  }

  /** A document of those that have changed, and when it came. */
  void change(String compact, long receivedNanos)
      throws IOException, InterruptedException, UnfitDocumentException {
    LineDocument document = read(compact);
    watch.publish(known.change(document, clock.instant()), receivedNanos);
    tellKeys(document);
  }

  private LineDocument read(String compact)
      throws IOException, InterruptedException, UnfitDocumentException {
    SignedJWT jwt = LineDocument.parse(compact);
    PublishedKey key =
        HttpSource.await(keys.find(jwt.getHeader().getKeyID()).toCompletableFuture(), PATIENCE)
            .orElse(null);
    return LineDocument.verify(jwt, key, issuer);
  }

  // A key that was ended is likely to be gone from the JWK Set, and another to be new in it.
  private void tellKeys(LineDocument document) {
    for (Line line : document.lines()) {
      if (line.of().kind() == LineKind.KEY) {
        keys.ended(line.of().id());
      }
    }
  }
}

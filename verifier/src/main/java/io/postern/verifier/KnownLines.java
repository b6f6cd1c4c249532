package io.postern.verifier;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the documents of one issuer add up to: a whole replaces all, a change some; none may be
 * older, by more than clocks differ, than the one before. Not thread-safe.
 */
final class KnownLines {
  private final Duration maxAge;
  private final Duration clockSkew;
  private @Nullable Lines lines;
  private long lastIssuedAt;

  /**
   * @param maxAge how old a document may be when it comes
   */
  KnownLines(Duration maxAge, Duration clockSkew) {
    this.maxAge = maxAge;
    this.clockSkew = clockSkew;
  }

  /** All lines, of a document that has them all. */
  Lines replace(LineDocument document, Instant now) throws UnfitDocumentException {
    check(document, now);
    Lines next = Lines.of(document.salt(), document.lines());
    lines = next;
    return next;
  }

  /** All lines, of a document that has those that changed. */
  Lines change(LineDocument document, Instant now) throws UnfitDocumentException {
    Lines present = lines;
    if (present == null || !present.isSaltedWith(document.salt())) {
      throw new UnfitDocumentException("a change belongs to lines that are not known");
    }
    check(document, now);
    Lines next = present.with(document.lines());
    lines = next;
    return next;
  }

  private void check(LineDocument document, Instant now) throws UnfitDocumentException {
    long seconds = now.getEpochSecond();
    long issuedAt = document.issuedAt();
    // another gateway's clock may be behind
    if (issuedAt < lastIssuedAt - clockSkew.toSeconds()) {
      throw new UnfitDocumentException("the lines are older than those that are known");
    }
    if (issuedAt < seconds - maxAge.toSeconds() - clockSkew.toSeconds()) {
      throw new UnfitDocumentException("the lines are of " + Instant.ofEpochSecond(issuedAt));
    }
    // One of the future would keep out all that come after it.
    if (issuedAt > seconds + clockSkew.toSeconds()) {
      throw new UnfitDocumentException("the lines are of the future");
    }
    // A key that was stolen does not go on ending, or sparing, tokens.
    if (lines != null && lines.hasEndedKey(document.kid(), issuedAt)) {
      throw new UnfitDocumentException("the lines are signed with a key that was ended");
    }
    lastIssuedAt = Math.max(lastIssuedAt, issuedAt);
  }
}

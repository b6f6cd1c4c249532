package io.postern.verifier;

import com.nimbusds.jose.util.Base64URL;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The not-before lines that are known. Immutable, but for the hashes that it remembers. What has
 * changed of late stands apart from the rest, so that a change does not copy them all.
 */
final class Lines {
  private static final int LONGEST_RECENT = 1_024;

  private final IdHashes hashes;
  private final Map<Line.Subject, Long> rest;
  private final Map<Line.Subject, Long> recent;
  private final Set<LineKind> kinds;
  private final Set<LineKind> kindsByResource;
  private final int size;

  private Lines(
      IdHashes hashes,
      Map<Line.Subject, Long> rest,
      Map<Line.Subject, Long> recent,
      Set<LineKind> kinds,
      Set<LineKind> kindsByResource,
      int size) {
    this.hashes = hashes;
    this.rest = rest;
    this.recent = recent;
    this.kinds = kinds;
    this.kindsByResource = kindsByResource;
    this.size = size;
  }

  /** The lines of a document that has them all. */
  static Lines of(Base64URL salt, List<Line> all) {
    Lines none =
        new Lines(
            new IdHashes(salt),
            Map.of(),
            Map.of(),
            EnumSet.noneOf(LineKind.class),
            EnumSet.noneOf(LineKind.class),
            0);
    return none.with(all);
  }

  boolean isSaltedWith(Base64URL salt) {
    return hashes.isSaltedWith(salt);
  }

  /** These with some that replace those of the same subject; their salt must be the same. */
  Lines with(List<Line> changed) {
    Set<LineKind> nextKinds = EnumSet.copyOf(kinds);
    Set<LineKind> nextByResource = EnumSet.copyOf(kindsByResource);
    boolean few = recent.size() + changed.size() <= LONGEST_RECENT;
    Map<Line.Subject, Long> next = new HashMap<>(few ? recent : rest);
    if (!few) {
      next.putAll(recent);
    }
    int added = 0;
    for (Line line : changed) {
      boolean isNew = next.put(line.of(), line.notBefore()) == null;
      if (isNew && !(few && rest.containsKey(line.of()))) {
        added++;
      }
      (line.of().resource().isEmpty() ? nextKinds : nextByResource).add(line.of().kind());
    }
    return new Lines(
        hashes, few ? rest : next, few ? next : Map.of(), nextKinds, nextByResource, size + added);
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** Whether one of them has ended the token. */
  boolean hasEnded(TokenIds ids) {
    return size > 0
        && (isOver(LineKind.CLIENT, ids.clients(), ids)
            || isOver(LineKind.RESOURCE, ids.audiences(), ids)
            || isOver(LineKind.TOKEN, ids.tokens(), ids)
            || isOver(LineKind.KEY, Collections.singleton(ids.kid()), ids)
            || isOver(LineKind.USER, Collections.singleton(ids.subject()), ids)
            || isOver(LineKind.SESSION, ids.session(), ids)
            || isOver(LineKind.FAMILY, ids.family(), ids));
  }

  /** Whether one has ended what a key has signed at that second. */
  boolean hasEndedKey(String kid, long issuedAt) {
    return isOver(LineKind.KEY, kid, "", issuedAt);
  }

  private boolean isOver(LineKind kind, @Nullable String id, TokenIds ids) {
    return id != null && isOver(kind, Collections.singleton(id), ids);
  }

  private boolean isOver(LineKind kind, Collection<String> names, TokenIds ids) {
    boolean some = kinds.contains(kind);
    boolean byResource = kindsByResource.contains(kind);
    if (!some && !byResource) {
      return false;
    }
    for (String name : names) {
      String id = kind.isHashed() ? hashes.of(name) : name;
      if (some && isOver(kind, id, "", ids.issuedAt())) {
        return true;
      }
      if (byResource && isOverForAudience(kind, id, ids)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOverForAudience(LineKind kind, String id, TokenIds ids) {
    for (String audience : ids.audiences()) {
      if (isOver(kind, id, hashes.of(audience), ids.issuedAt())) {
        return true;
      }
    }
    return false;
  }

  // A token of the same second as its line does not count.
  private boolean isOver(LineKind kind, String id, String resource, long issuedAt) {
    Line.Subject subject = new Line.Subject(kind, id, resource);
    Long line = recent.get(subject);
    if (line == null) {
      line = rest.get(subject);
    }
    return line != null && issuedAt <= line;
  }
}

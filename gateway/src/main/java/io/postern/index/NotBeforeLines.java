package io.postern.index;

import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The not-before lines of an image, found by what a token says of itself. Immutable; to look one up
 * makes no garbage.
 */
public final class NotBeforeLines {
  /** None. */
  public static final NotBeforeLines NONE =
      new NotBeforeLines(new EnumMap<>(LineKind.class), 0, 0, List.of());

  /** All lines of one subject: the one of everything, and those of one audience each. */
  private record Lines(String id, List<NotBeforeLine> all) {
    long lastSecond(@Nullable String resource) {
      long last = NotBeforeLine.NEVER;
      for (NotBeforeLine line : all) {
        if (line.resource() == null || line.resource().equals(resource)) {
          last = Math.max(last, line.second());
        }
      }
      return last;
    }

    Lines without(@Nullable String resource) {
      return new Lines(
          id, all.stream().filter(line -> !Objects.equals(line.resource(), resource)).toList());
    }

    @Nullable NotBeforeLine find(@Nullable String resource) {
      for (NotBeforeLine line : all) {
        if (Objects.equals(line.resource(), resource)) {
          return line;
        }
      }
      return null;
    }

    Lines with(NotBeforeLine line) {
      List<NotBeforeLine> more = new ArrayList<>(without(line.resource()).all);
      more.add(line);
      return new Lines(id, List.copyOf(more));
    }
  }

  private final Map<LineKind, HashTrie<Lines>> byKind;
  private final int size;
  private final long digest;
  private final List<NotBeforeLine> drawn;

  private NotBeforeLines(
      Map<LineKind, HashTrie<Lines>> byKind, int size, long digest, List<NotBeforeLine> drawn) {
    this.byKind = byKind;
    this.size = size;
    this.digest = digest;
    this.drawn = drawn;
  }

  /** The same for the same lines at every gateway, in whatever order they came. */
  public long digest() {
    return digest;
  }

  /** Those that are new or moved since the lines that these were made from. */
  public List<NotBeforeLine> drawn() {
    return drawn;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /**
   * The last second of which a client's tokens for an audience do not count; {@link
   * NotBeforeLine#NEVER} if all do.
   */
  public long lastSecond(String clientId, String audience) {
    return size == 0
        ? NotBeforeLine.NEVER
        : Math.max(
            lastSecond(LineKind.CLIENT, clientId, audience),
            lastSecond(LineKind.RESOURCE, audience, null));
  }

  /**
   * Whether a line has ended a token.
   *
   * @param issuedAt its {@code iat}, seconds since the epoch
   */
  public boolean hasEnded(String clientId, String audience, String jti, long issuedAt) {
    return size > 0
        && issuedAt
            <= Math.max(lastSecond(clientId, audience), lastSecond(LineKind.TOKEN, jti, null));
  }

  private long lastSecond(LineKind kind, String id, @Nullable String resource) {
    HashTrie<Lines> lines = byKind.get(kind);
    Lines of = lines == null ? null : lines.find(id);
    return of == null ? NotBeforeLine.NEVER : of.lastSecond(resource);
  }

  /** Hands over each line. */
  public void forEach(Consumer<NotBeforeLine> visitor) {
    byKind.values().forEach(lines -> lines.forEach(of -> of.all.forEach(visitor)));
  }

  /** Starts from these lines, which stay as they are. */
  Builder edit() {
    return new Builder(this);
  }

  /** The next lines in the making. Confined to one thread. */
  static final class Builder {
    private final Map<LineKind, HashTrie.Builder<Lines>> byKind = new EnumMap<>(LineKind.class);
    private final NotBeforeLines former;
    private final LineDigest digests = new LineDigest();
    private final List<NotBeforeLine> drawn = new ArrayList<>();
    private int size;
    private long digest;

    private Builder(NotBeforeLines former) {
      this.former = former;
      this.size = former.size;
      this.digest = former.digest;
      former.byKind.forEach((kind, lines) -> byKind.put(kind, lines.edit()));
    }

    void put(NotBeforeLine line) {
      HashTrie.Builder<Lines> lines =
          byKind.computeIfAbsent(line.kind(), kind -> HashTrie.<Lines>empty(Lines::id).edit());
      Lines present = lines.find(line.id());
      NotBeforeLine replaced = present == null ? null : present.find(line.resource());
      if (replaced == null) {
        size++;
      } else {
        digest -= digests.of(replaced);
      }
      digest += digests.of(line);
      drawn.add(line);
      lines.put(present == null ? new Lines(line.id(), List.of(line)) : present.with(line));
    }

    /**
     * @param line as {@link NotBeforeLine#line} has it
     */
    void remove(String line) {
      String[] parts = line.split(" ", 3);
      LineKind kind = LineKind.find(parts[0]);
      if (kind != null && parts.length > 1) {
        remove(kind, parts[1], parts.length > 2 ? parts[2] : null);
      }
    }

    private void remove(LineKind kind, String id, @Nullable String resource) {
      HashTrie.Builder<Lines> lines = byKind.get(kind);
      Lines present = lines == null ? null : lines.find(id);
      NotBeforeLine removed = present == null ? null : present.find(resource);
      if (lines != null && present != null && removed != null) {
        Lines next = present.without(resource);
        size--;
        digest -= digests.of(removed);
        if (next.all.isEmpty()) {
          lines.remove(id);
        } else {
          lines.put(next);
        }
      }
    }

    NotBeforeLines build() {
      if (drawn.isEmpty() && size == former.size) {
        return former;
      }
      Map<LineKind, HashTrie<Lines>> built = new EnumMap<>(LineKind.class);
      byKind.forEach((kind, lines) -> built.put(kind, lines.build()));
      return new NotBeforeLines(built, size, digest, List.copyOf(drawn));
    }
  }
}

package io.postern.change;

import java.util.List;

/**
 * Changes that lead to a revision, in any order.
 *
 * @param to the revision that the registry has with them
 */
public record ChangeSet(Revision to, List<Change> changes) {
  public ChangeSet {
    changes = List.copyOf(changes);
  }
}

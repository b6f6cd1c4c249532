package io.postern.index;

import io.postern.change.Change;
import io.postern.change.Revision;
import java.util.List;

/**
 * All changes from one revision to a later one; applied whole or not at all.
 *
 * @param to the revision that the registry has after them
 */
public record IndexDelta(Revision to, List<Change> changes) {
  public IndexDelta {
    changes = List.copyOf(changes);
  }
}

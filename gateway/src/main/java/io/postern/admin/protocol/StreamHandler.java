package io.postern.admin.protocol;

import java.io.IOException;

/** What a method does on a resource whose content or answer is too large to be held. */
@FunctionalInterface
public interface StreamHandler {
  /**
   * Does what is asked and writes the answer; on a virtual thread, and it may wait.
   *
   * @throws ProblemException when it is not done, and then none of it
   * @throws IOException when whoever asked is gone
   */
  void handle(AdminRequest request, AnswerStream answer) throws IOException;
}

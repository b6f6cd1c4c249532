package io.postern.admin.protocol;

/** What a method does on a resource. */
@FunctionalInterface
public interface AdminHandler {
  /**
   * Does what is asked; on a virtual thread, and it may wait.
   *
   * @throws ProblemException when it is not done, and then none of it
   */
  AdminResponse handle(AdminRequest request);
}

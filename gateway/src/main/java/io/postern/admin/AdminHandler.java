package io.postern.admin;

/** What a method does on a resource. */
@FunctionalInterface
interface AdminHandler {
  /**
   * Does what is asked; on a virtual thread, and it may wait.
   *
   * @throws ProblemException when it is not done, and then none of it
   */
  AdminResponse handle(AdminRequest request);
}

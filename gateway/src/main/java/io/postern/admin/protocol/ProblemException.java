package io.postern.admin.protocol;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {
  private final Problem problem;

  ProblemException(Problem problem) {
    super(problem.body().path("detail").asText(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}

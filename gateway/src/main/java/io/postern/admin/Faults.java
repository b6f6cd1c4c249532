package io.postern.admin;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a large document: the first hundred faults of it. */
final class Faults {
  /** How many are told at once. */
  static final int MAX = 100;

  private final List<Fault> faults = new ArrayList<>();

  void add(String pointer, String detail) {
    faults.add(Fault.at(pointer, detail));
  }

  /** To be added to. */
  List<Fault> list() {
    return faults;
  }

  boolean isEmpty() {
    return faults.isEmpty();
  }

  /**
   * Ends the reading of a document that has too many.
   *
   * @throws ProblemException with the first of them
   */
  void checkMany() {
    if (faults.size() >= MAX) {
      throw Problem.invalid(faults.subList(0, MAX)).exception();
    }
  }

  /**
   * Ends the reading of a document that has any.
   *
   * @throws ProblemException with all of them
   */
  void check() {
    checkMany();
    if (!faults.isEmpty()) {
      throw Problem.invalid(faults).exception();
    }
  }
}

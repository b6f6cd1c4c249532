package io.postern.admin;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is wrong with a body: for each place the first that was found, and a hundred places. */
final class Faults {
  /** How many are told at once. */
  static final int MAX = 100;

  private final Map<String, String> details = new LinkedHashMap<>();

  void add(String pointer, String detail) {
    details.putIfAbsent(pointer, detail);
  }

  /** Adds what the contract finds wrong with the value that stands there. */
  void addAll(String pointer, Map<String, String> below) {
    below.forEach((place, detail) -> add(pointer + place, detail));
  }

  boolean isEmpty() {
    return details.isEmpty();
  }

  /**
   * Ends the reading of a document that has too many.
   *
   * @throws ProblemException with the first of them
   */
  void checkMany() {
    if (details.size() >= MAX) {
      check();
    }
  }

  /**
   * Ends the reading of a document that has any.
   *
   * @throws ProblemException with all of them
   */
  void check() {
    if (!details.isEmpty()) {
      throw Problem.invalid(
              details.entrySet().stream()
                  .limit(MAX)
                  .map(fault -> Fault.at(fault.getKey(), fault.getValue()))
                  .toList())
          .exception();
    }
  }
}

package io.postern.admin.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is wrong with a body: for each place the first that was found, and a hundred places. */
public final class Faults {
  /** How many are told at once. */
  static final int MAX = 100;

  private final Map<String, String> details = new LinkedHashMap<>();

  public void add(String pointer, String detail) {
    details.putIfAbsent(pointer, detail);
  }

  /** Adds what the contract finds wrong with the value that stands there. */
  public void addAll(String pointer, Map<String, String> below) {
    below.forEach((place, detail) -> add(pointer + place, detail));
  }

  public boolean isEmpty() {
    return details.isEmpty();
  }

  /**
   * Ends the reading of a document that has too many.
   *
   * @throws ProblemException with the first of them
   */
  public void checkMany() {
    if (details.size() >= MAX) {
      check();
    }
  }

  /**
   * Ends the reading of a document that has any.
   *
   * @throws ProblemException with all of them
   */
  public void check() {
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

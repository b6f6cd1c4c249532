package io.postern.admin;

/** A public key that signatures must not be verified with. */
final class UnfitKeyException extends Exception {
  private final String member;
  private final String detail;

  /**
   * @param member of a JWK that would say it
   * @param detail completes the sentence that starts with the member
   */
  UnfitKeyException(String member, String detail) {
    super(member + " " + detail);
    this.member = member;
    this.detail = detail;
  }

  String member() {
    return member;
  }

  String detail() {
    return detail;
  }
}

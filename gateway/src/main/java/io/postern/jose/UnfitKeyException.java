package io.postern.jose;

/** A public key that signatures must not be verified with. */
public final class UnfitKeyException extends Exception {
  private final String member;
  private final String detail;

  /**
   * @param member of a JWK that would say it
   * @param detail completes the sentence that starts with the member
   */
  public UnfitKeyException(String member, String detail) {
    super(member + " " + detail);
    this.member = member;
    this.detail = detail;
  }

  public String member() {
    return member;
  }

  public String detail() {
    return detail;
  }
}

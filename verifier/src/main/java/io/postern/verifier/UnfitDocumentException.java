package io.postern.verifier;

/** A document of the issuer's that is not believed. Its message quotes nothing from it. */
final class UnfitDocumentException extends Exception {
  UnfitDocumentException(String message) {
    super(message);
  }
}

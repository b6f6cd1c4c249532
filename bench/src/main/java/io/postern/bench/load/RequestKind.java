package io.postern.bench.load;

import io.postern.jose.SignatureAlgorithm;
import org.jspecify.annotations.Nullable;

/** A kind of request, with the work that nobody can answer it without. */
enum RequestKind {
  /** A secret in the Basic header, all granted scopes, a token signed with ES256. */
  SECRET_ES256("es256", SignatureAlgorithm.ES256, false, 200),
  /** As before, with a list of three scopes. */
  SCOPES_ES256("scope", SignatureAlgorithm.ES256, false, 200),
  /** An assertion signed with ES256, a token signed with ES256. */
  KEY_ES256("keyes", SignatureAlgorithm.ES256, true, 200),
  /** A secret in the Basic header, a token signed with RS256. */
  SECRET_RS256("rs256", SignatureAlgorithm.RS256, false, 200),
  /** A wrong secret. */
  BAD_SECRET("wrong", null, false, 401);

  /** What stands before the last part of the path, which alone tells the servers apart. */
  static final String PATH = "/oauth2/";

  /** The last part of the gateway's path. */
  static final String TOKEN = "token";

  private final String ceilingPath;
  private final @Nullable SignatureAlgorithm signs;
  private final boolean verifies;
  private final int status;

  RequestKind(
      String ceilingPath, @Nullable SignatureAlgorithm signs, boolean verifies, int status) {
    this.ceilingPath = ceilingPath;
    this.signs = signs;
    this.verifies = verifies;
    this.status = status;
  }

  /** The last part of the ceiling's path, as long as the gateway's. */
  String ceilingPath() {
    return ceilingPath;
  }

  /** What the answer's token is signed with; null where there is no token. */
  @Nullable SignatureAlgorithm signs() {
    return signs;
  }

  /** Whether an ES256 signature is verified. */
  boolean verifies() {
    return verifies;
  }

  /** The status of the right answer. */
  int status() {
    return status;
  }
}

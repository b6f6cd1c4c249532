package io.postern.verifier;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines as the issuer has signed them: all, or what has changed.
 *
 * @param kid of the key that signed it
 * @param issuedAt seconds since the epoch
 * @param salt the key of the ids' hashes
 */
record LineDocument(String kid, long issuedAt, Base64URL salt, List<Line> lines) {
  private static final int SHORTEST_SALT = 16;

  LineDocument {
    lines = List.copyOf(lines);
  }

  /** The JWT, whose signature is still to be verified. */
  static SignedJWT parse(String compact) throws UnfitDocumentException {
    SignedJWT jwt = HeaderRules.parse(compact.strip());
    if (jwt == null) {
      throw new UnfitDocumentException("the lines are not a signed JWT");
    }
    Reason refusal = HeaderRules.refusal(jwt.getHeader(), HeaderRules.REVOCATIONS);
    if (refusal != null) {
      throw new UnfitDocumentException("the lines are refused: " + refusal);
    }
    return jwt;
  }

  /**
   * What a document says, if the key signed it and the issuer made it.
   *
   * @throws UnfitDocumentException also when a line of a known kind is malformed: to pass over it
   *     would be to miss what it ends
   */
  static LineDocument verify(SignedJWT jwt, @Nullable PublishedKey key, String issuer)
      throws UnfitDocumentException {
    if (key == null) {
      throw new UnfitDocumentException("the lines are signed with an unknown key");
    }
    if (!key.verifies(jwt)) {
      throw new UnfitDocumentException("the lines' signature is wrong");
    }
    try {
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      if (!issuer.equals(claims.getIssuer())) {
        throw new UnfitDocumentException("the lines are of another issuer");
      }
      String salt = claims.getStringClaim("salt");
      if (claims.getIssueTime() == null || salt == null) {
        throw new UnfitDocumentException("the lines have no iat or no salt");
      }
      Base64URL encoded = new Base64URL(salt);
      if (encoded.decode().length < SHORTEST_SALT) {
        throw new UnfitDocumentException("the lines' salt is too short");
      }
      long issuedAt = claims.getIssueTime().toInstant().getEpochSecond();
      return new LineDocument(key.kid(), issuedAt, encoded, lines(claims.getListClaim("lines")));
    } catch (ParseException | ClassCastException e) {
      throw new UnfitDocumentException("the lines are malformed");
    }
  }

  private static List<Line> lines(@Nullable List<?> members)
      throws ParseException, UnfitDocumentException {
    if (members == null) {
      throw new UnfitDocumentException("the lines are missing");
    }
    List<Line> lines = new ArrayList<>(members.size());
    for (Object member : members) {
      if (!(member instanceof Map<?, ?> line) || !(line.get("kind") instanceof String label)) {
        throw new UnfitDocumentException("a line is malformed");
      }
      LineKind kind = LineKind.find(label);
      if (kind != null) {
        lines.add(line(kind, line));
      }
    }
    return lines;
  }

  private static Line line(LineKind kind, Map<?, ?> line) throws UnfitDocumentException {
    Object resource = line.containsKey("resource") ? line.get("resource") : "";
    if (line.get("id") instanceof String id
        && resource instanceof String audience
        && line.get("not_before") instanceof Number notBefore) {
      return new Line(new Line.Subject(kind, id, audience), notBefore.longValue());
    }
    throw new UnfitDocumentException("a line is malformed");
  }

  @Override
  public String toString() {
    return "LineDocument[issuedAt=" + issuedAt + ", lines=" + lines.size() + "]";
  }
}

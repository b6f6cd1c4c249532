package io.postern.verifier;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What must be right before a key is even looked for. Pure. */
final class HeaderRules {
  /** RFC 9068 §4: so that no other JWT of the issuer is taken for an access token. */
  static final Set<JOSEObjectType> ACCESS_TOKEN =
      Set.of(new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"));

  static final Set<JOSEObjectType> REVOCATIONS = Set.of(new JOSEObjectType("revocations+jwt"));

  private static final int LONGEST_KID = 256;

  // The library passes over blanks around it, and over what is no base64url inside it; so one
  // token would have many names.
  private static final Pattern COMPACT =
      Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");

  private HeaderRules() {}

  /** The JWS, not verified; null when it is malformed, or not signed at all. */
  static @Nullable SignedJWT parse(String compact) {
    // RFC 7515 §7.1
    if (!COMPACT.matcher(compact).matches()) {
      return null;
    }
    try {
      return SignedJWT.parse(compact);
    } catch (ParseException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Why the header is refused; null when it is not. */
  static @Nullable Reason refusal(JWSHeader header, Set<JOSEObjectType> types) {
    if (header.getType() == null || !types.contains(header.getType())) {
      return Reason.WRONG_TYPE;
    }
    // RFC 7515 §4.1.11: no extension is understood here; RFC 7797 §6: b64 false without crit is
    // wrong
    if (header.getCriticalParams() != null || header.getIncludedParams().contains("b64")) {
      return Reason.CRITICAL_EXTENSION;
    }
    // RFC 8725 §3.1: by a list, never by what the token says
    if (!PublishedKey.ACCEPTED.contains(header.getAlgorithm())) {
      return Reason.WRONG_ALGORITHM;
    }
    String kid = header.getKeyID();
    return kid == null || kid.isEmpty() || kid.length() > LONGEST_KID ? Reason.MALFORMED : null;
  }
}

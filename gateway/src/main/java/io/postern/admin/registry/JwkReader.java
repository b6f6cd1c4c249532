package io.postern.admin.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.UnfitKeyException;
import io.postern.jose.VerificationKey;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * Reads a public JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), strictly: base64url that is not
 * canonical is refused, and so is everything private. A certificate that it brings counts as if it
 * had been sent by itself. Members that mean nothing here are ignored.
 */
final class JwkReader {
  private static final String X5C = "x5c";
  static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv");

  private final JsonFields jwk;
  private final Instant now;
  private boolean faulty;

  private JwkReader(JsonFields jwk, Instant now) {
    this.jwk = jwk;
    this.now = now;
  }

  /**
   * The key, also as the only one for signatures of a JWK Set; null when it has faults, which are
   * noted.
   */
  static @Nullable KeyUpload read(JsonFields jwk, Instant now) {
    JsonFields one = JwkSet.is(jwk) ? JwkSet.findOnly(jwk) : jwk;
    return one == null ? null : new JwkReader(one, now).read();
  }

  private @Nullable KeyUpload read() {
    faulty |= refusePrivate(jwk);
    String kid = jwk.findText("kid");
    checkUse();
    VerificationKey key = key();
    SignatureAlgorithm algorithm = algorithm(key);
    KeyUpload certified = certified(key);
    if (certified != null && certified.algorithm() != null) {
      if (algorithm != null && algorithm != certified.algorithm()) {
        fault("alg", "does not fit the certificate");
      }
      algorithm = certified.algorithm();
    }
    return key == null || faulty
        ? null
        : new KeyUpload(key, kid, algorithm, certified == null ? null : certified.notAfter());
  }

  /** Whether it has private members, which is then noted. */
  static boolean refusePrivate(JsonFields jwk) {
    boolean found = false;
    for (String member : PRIVATE) {
      if (jwk.find(member) != null) {
        jwk.fault(member, "is private: send the public key alone" + ForeignKey.REPLACE);
        found = true;
      }
    }
    return found;
  }

  /** What its certificate says of the key; null when it brings none, or one with faults. */
  private @Nullable KeyUpload certified(@Nullable VerificationKey key) {
    JsonNode chain = jwk.find(X5C);
    if (chain == null) {
      return null;
    }
    try {
      // RFC 7517 §4.7: the first certificate holds the key, as base64 of its DER
      KeyUpload certified =
          Certificates.upload(
              new X509CertificateHolder(Base64.getDecoder().decode(chain.path(0).asText(""))), now);
      if (key != null && !certified.key().thumbprint().equals(key.thumbprint())) {
        fault(X5C, "has the certificate of another key");
      }
      return certified;
    } catch (UnfitKeyException e) {
      fault(X5C, KeyUpload.detail(e));
    } catch (IOException | RuntimeException e) {
      // the parser throws all kinds of exceptions for malformed content
      fault(X5C, "must be an array of certificates, each as base64 of its DER");
    }
    return null;
  }

  private void checkUse() {
    JsonNode use = jwk.find("use");
    if (use != null && !"sig".equals(use.textValue())) {
      fault("use", "must be sig");
    }
    JsonNode operations = jwk.find("key_ops");
    if (operations != null) {
      boolean verifies = false;
      for (JsonNode operation : operations) {
        verifies |= "verify".equals(operation.textValue());
      }
      if (!verifies) {
        fault("key_ops", "must have verify");
      }
    }
  }

  private @Nullable SignatureAlgorithm algorithm(@Nullable VerificationKey key) {
    JsonNode alg = jwk.find("alg");
    if (alg == null) {
      return null;
    }
    SignatureAlgorithm algorithm =
        alg.isTextual() ? SignatureAlgorithm.find(alg.textValue()) : null;
    if (algorithm == null) {
      fault("alg", "must be one of ES256, ES384, ES512, RS256, PS256, EdDSA, Ed25519");
    } else if (key != null && algorithm.keyType() != key.type()) {
      fault("alg", "does not fit the key");
    }
    return algorithm;
  }

  private @Nullable VerificationKey key() {
    JsonNode kty = jwk.find("kty");
    try {
      return switch (kty == null ? "" : kty.asText("")) {
        case "RSA" -> rsa(bytes("n"), bytes("e"));
        case "EC" -> ec(curve("P-256", "P-384", "P-521"), bytes("x"), bytes("y"));
        case "OKP" -> okp(curve("Ed25519"), bytes("x"));
        default -> throw new UnfitKeyException("kty", "must be RSA, EC or OKP");
      };
    } catch (UnfitKeyException e) {
      fault(e.member(), e.detail());
      return null;
    }
  }

  private static @Nullable VerificationKey rsa(byte @Nullable [] n, byte @Nullable [] e)
      throws UnfitKeyException {
    return n == null || e == null
        ? null
        : VerificationKey.rsa(new BigInteger(1, n), new BigInteger(1, e));
  }

  private static @Nullable VerificationKey ec(
      @Nullable KeyType curve, byte @Nullable [] x, byte @Nullable [] y) throws UnfitKeyException {
    return curve == null || x == null || y == null
        ? null
        : VerificationKey.ec(curve, new BigInteger(1, x), new BigInteger(1, y));
  }

  private static @Nullable VerificationKey okp(@Nullable KeyType curve, byte @Nullable [] x)
      throws UnfitKeyException {
    return curve == null || x == null ? null : VerificationKey.ed25519(x);
  }

  private @Nullable KeyType curve(String... curves) {
    JsonNode crv = jwk.find("crv");
    if (crv == null || !List.of(curves).contains(crv.asText(""))) {
      fault("crv", "must be " + String.join(" or ", curves));
      return null;
    }
    return KeyType.require(crv.asText());
  }

  private byte @Nullable [] bytes(String member) {
    JsonNode node = jwk.find(member);
    String text = node == null || !node.isTextual() ? "" : node.textValue();
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      // RFC 7515 §2: no padding; RFC 4648 §3.5: spare bits are zero
      if (bytes.length > 0
          && Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // noted below
    }
    fault(member, "must be base64url without padding");
    return null;
  }

  private void fault(String member, String detail) {
    faulty = true;
    jwk.fault(member, detail);
  }
}

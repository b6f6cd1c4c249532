package io.postern.verifier;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A key that signs whatever it is told to, by the JDK alone. */
record TestKey(String kid, String alg, KeyPair pair) {
  private static final Map<String, KeyPair> RSA = new ConcurrentHashMap<>();

  static TestKey of(String kid, String alg) {
    try {
      return new TestKey(kid, alg, pair(alg));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair pair(String alg) throws GeneralSecurityException {
    return switch (alg) {
      case "ES256" -> {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        yield generator.generateKeyPair();
      }
      case "EdDSA" -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      // they take long to make
      default -> RSA.computeIfAbsent(alg, TestKey::rsa);
    };
  }

  private static KeyPair rsa(String alg) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(alg, e);
    }
  }

  /** The public JWK. */
  Map<String, Object> jwk() {
    if (pair.getPublic() instanceof ECPublicKey ec) {
      return new ECKey.Builder(Curve.P_256, ec)
          .keyID(kid)
          .algorithm(JWSAlgorithm.parse(alg))
          .build()
          .toJSONObject();
    }
    if (pair.getPublic() instanceof RSAPublicKey rsa) {
      return new RSAKey.Builder(rsa)
          .keyID(kid)
          .algorithm(JWSAlgorithm.parse(alg))
          .build()
          .toJSONObject();
    }
    byte[] encoded = pair.getPublic().getEncoded();
    Base64URL x =
        Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    return new OctetKeyPair.Builder(Curve.Ed25519, x)
        .keyID(kid)
        .algorithm(JWSAlgorithm.parse(alg))
        .build()
        .toJSONObject();
  }

  /** A JWS with the usual header of that type. */
  String sign(String typ, Map<String, ?> claims) {
    return sign(
        "{\"typ\":\"" + typ + "\",\"alg\":\"" + alg + "\",\"kid\":\"" + kid + "\"}",
        JSONObjectUtils.toJSONString(claims));
  }

  /** A JWS of any header and payload. */
  String sign(String header, String payload) {
    String input = Base64URL.encode(header) + "." + Base64URL.encode(payload);
    try {
      Signature signature = signature();
      signature.initSign(pair.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64URL.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Signature signature() throws GeneralSecurityException {
    return switch (alg) {
      case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
      case "RS256" -> Signature.getInstance("SHA256withRSA");
      case "PS256" -> {
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        yield pss;
      }
      default -> Signature.getInstance("Ed25519");
    };
  }
}

package io.postern.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.SigningKey;
import io.postern.token.AccessTokenClaims;
import java.security.Provider;
import java.time.Instant;
import java.util.Date;

/**
 * Access tokens made with Nimbus JOSE + JWT, as its documentation shows, with the same provider and
 * key as Postern's own. Confined to one thread.
 */
final class NimbusTokenSigner {
  private final JWSHeader header;
  private final JWSSigner signer;

  NimbusTokenSigner(CryptoProvider crypto, SigningKey key) {
    this.header =
        new JWSHeader.Builder(JWSAlgorithm.parse(key.algorithm().value()))
            .type(new JOSEObjectType("at+jwt"))
            .keyID(key.kid())
            .build();
    this.signer = signer(crypto, key);
  }

  /** The signed token in compact form. */
  String sign(AccessTokenClaims claims) {
    SignedJWT jwt =
        new SignedJWT(
            header,
            new JWTClaimsSet.Builder()
                .issuer(claims.issuer())
                .subject(claims.clientId())
                .audience(claims.audience())
                .expirationTime(Date.from(Instant.ofEpochSecond(claims.expiresAt())))
                .issueTime(Date.from(Instant.ofEpochSecond(claims.issuedAt())))
                .jwtID(claims.jti())
                .claim("client_id", claims.clientId())
                .claim("scope", claims.scope())
                .build());
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
    return jwt.serialize();
  }

  private static JWSSigner signer(CryptoProvider crypto, SigningKey key) {
    Provider provider = key.algorithm().newSignature(crypto).getProvider();
    try {
      JWSSigner signer =
          switch (key.algorithm()) {
            case ES256 -> new ECDSASigner(key.privateKey(), Curve.P_256);
            case ES384 -> new ECDSASigner(key.privateKey(), Curve.P_384);
            case ES512 -> new ECDSASigner(key.privateKey(), Curve.P_521);
            case RS256, PS256 -> new RSASSASigner(key.privateKey());
            case EDDSA -> new JcaEd25519Signer(crypto, key.privateKey());
          };
      signer.getJCAContext().setProvider(provider);
      return signer;
    } catch (JOSEException e) {
      throw new IllegalStateException("the key does not fit its algorithm", e);
    }
  }
}

package io.postern.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The JWK Set of a gateway, as a service fetches it to check tokens with Nimbus and the JDK. */
public record PublishedKeys(JWKSet keys) {

  /** Fetches them. */
  public static PublishedKeys of(TestGateway gateway) throws ParseException {
    return new PublishedKeys(JWKSet.parse(gateway.get(gateway.jwksUri()).body()));
  }

  /** Whether the published key that the header names made the signature, with its algorithm. */
  public boolean verify(SignedJWT jwt) throws GeneralSecurityException, IOException, JOSEException {
    JWK jwk = keys.getKeyByKeyId(jwt.getHeader().getKeyID());
    if (jwk == null || !jwk.getAlgorithm().equals(jwt.getHeader().getAlgorithm())) {
      return false;
    }
    if (jwk instanceof OctetKeyPair okp) {
      // Nimbus leaves Ed25519 to a library that is not here; the JDK has it
      Signature signature = Signature.getInstance("Ed25519", "SunEC");
      signature.initVerify(ed25519(okp));
      signature.update(jwt.getSigningInput());
      return signature.verify(jwt.getSignature().decode());
    }
    PublicKey key = ((AsymmetricJWK) jwk).toPublicKey();
    return jwt.verify(new DefaultJWSVerifierFactory().createJWSVerifier(jwt.getHeader(), key));
  }

  private static PublicKey ed25519(OctetKeyPair okp) throws GeneralSecurityException, IOException {
    byte[] spki =
        new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), okp.getDecodedX())
            .getEncoded();
    return KeyFactory.getInstance("Ed25519", "SunEC").generatePublic(new X509EncodedKeySpec(spki));
  }
}

package io.postern.bench.load;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import io.postern.crypto.CryptoProvider;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The P-256 key pairs of a benchmark's agents, the same in each run. There are {@value #COUNT}, and
 * agents share them: a million would take minutes to make, and a gateway cannot tell, as it keeps
 * each agent's key by itself.
 */
final class AgentKeys {
  static final int COUNT = 1000;

  /**
   * A key pair.
   *
   * @param kid the RFC 7638 thumbprint
   * @param publicKey X.509 SubjectPublicKeyInfo
   */
  @SuppressWarnings("ArrayRecordComponent")
  record AgentKey(String kid, byte[] publicKey, PrivateKey privateKey) {
    @Override
    public boolean equals(Object other) {
      return other instanceof AgentKey key && key.kid.equals(kid);
    }

    @Override
    public int hashCode() {
      return kid.hashCode();
    }

    @Override
    public String toString() {
      return "AgentKey[kid=" + kid + "]";
    }
  }

  private final List<AgentKey> keys = new ArrayList<>(COUNT);

  /**
   * @param provider is to sign with them
   */
  AgentKeys(CryptoProvider provider) {
    try {
      // these two draw the same keys from the same seed
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed("postern bench".getBytes(StandardCharsets.US_ASCII));
      KeyPairGenerator generator =
          CryptoProvider.choose(CryptoProvider.Choice.BOUNCYCASTLE).keyPairGenerator("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      for (int i = 0; i < COUNT; i++) {
        KeyPair pair = generator.generateKeyPair();
        keys.add(
            new AgentKey(
                new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                    .build()
                    .computeThumbprint()
                    .toString(),
                pair.getPublic().getEncoded(),
                provider
                    .keyFactory("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(pair.getPrivate().getEncoded()))));
      }
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException("P-256 keys cannot be made", e);
    }
  }

  AgentKey of(int agent) {
    return keys.get(agent % COUNT);
  }
}

package io.postern.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import javax.crypto.Mac;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The provider that makes and checks signatures and keyed hashes: Amazon Corretto Crypto Provider
 * where its native library loads, otherwise Bouncy Castle. What it lacks comes from the JDK.
 *
 * <p>Chosen once at start and passed on; nothing is registered with {@link java.security.Security}.
 */
public final class CryptoProvider {
  private final Provider provider;
  private final boolean corretto;

  private CryptoProvider(Provider provider, boolean corretto) {
    this.provider = provider;
    this.corretto = corretto;
  }

  /** The fastest provider that works on this machine. */
  public static CryptoProvider best() {
    // Without it the provider offers no Ed25519 key factory; it is read when its class loads.
    System.setProperty("com.amazon.corretto.crypto.provider.registerEdKeyFactory", "true");
    try {
      AmazonCorrettoCryptoProvider accp = AmazonCorrettoCryptoProvider.INSTANCE;
      if (accp.getLoadingError() == null) {
        return new CryptoProvider(accp, true);
      }
    } catch (LinkageError e) {
      // no native library for this platform
    }
    return bouncyCastle();
  }

  /** Bouncy Castle, which runs everywhere. */
  public static CryptoProvider bouncyCastle() {
    return new CryptoProvider(new BouncyCastleProvider(), false);
  }

  /** The provider's name and version, for the log. */
  @Override
  public String toString() {
    return provider.getName() + " " + provider.getVersionStr();
  }

  /** A signature object of the provider; not thread-safe. */
  public Signature signature(String algorithm) {
    return require(() -> Signature.getInstance(algorithm, provider));
  }

  /** A keyed hash of the provider; not thread-safe. */
  public Mac mac(String algorithm) {
    return require(() -> Mac.getInstance(algorithm, provider));
  }

  /** A key factory of the provider. */
  public KeyFactory keyFactory(String algorithm) {
    return require(() -> KeyFactory.getInstance(algorithm, provider));
  }

  /** A key pair generator of the provider. */
  public KeyPairGenerator keyPairGenerator(String algorithm) {
    return require(() -> KeyPairGenerator.getInstance(algorithm, provider));
  }

  /** A digest of the provider; not thread-safe. */
  public MessageDigest digest(String algorithm) {
    return require(() -> MessageDigest.getInstance(algorithm, provider));
  }

  /** A source of random bytes that never blocks; one for each thread that needs speed. */
  public SecureRandom secureRandom() {
    return corretto
        ? require(() -> SecureRandom.getInstance("LibCryptoRng", provider))
        : require(() -> SecureRandom.getInstance("DRBG"));
  }

  private interface Lookup<T> {
    T get() throws GeneralSecurityException;
  }

  private <T> T require(Lookup<T> lookup) {
    try {
      return lookup.get();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(provider.getName() + " lacks a required algorithm", e);
    }
  }
}

package io.postern.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.crypto.Mac;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * The provider that makes and checks signatures and keyed hashes: Amazon Corretto Crypto Provider
 * where its native library loads, otherwise Bouncy Castle, otherwise what the JDK has. What the
 * first two lack comes from the JDK.
 *
 * <p>Chosen once at start and passed on; nothing is registered with {@link java.security.Security}.
 */
public final class CryptoProvider {

  /** What an operator may ask for. */
  public enum Choice {
    /** The first of the others that loads. */
    AUTO,
    ACCP,
    BOUNCYCASTLE,
    JDK;

    /** The value of the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Choice choice;
  // null: the JDK's own providers
  private final @Nullable Provider provider;
  private final List<String> passedOver;

  private CryptoProvider(Choice choice, @Nullable Provider provider, List<String> passedOver) {
    this.choice = choice;
    this.provider = provider;
    this.passedOver = List.copyOf(passedOver);
  }

  /** The fastest provider that loads on this machine. */
  public static CryptoProvider best() {
    return choose(Choice.AUTO);
  }

  /**
   * The provider that was asked for.
   *
   * @throws IllegalArgumentException when it does not load; says why, and what to do
   */
  public static CryptoProvider choose(Choice choice) {
    List<String> passedOver = new ArrayList<>();
    Provider provider =
        switch (choice) {
          case ACCP -> load(choice, () -> Accp.load(), passedOver);
          case BOUNCYCASTLE -> load(choice, () -> BouncyCastle.load(), passedOver);
          case JDK -> null;
          case AUTO -> {
            Provider accp = load(Choice.ACCP, () -> Accp.load(), passedOver);
            yield accp != null
                ? accp
                : load(Choice.BOUNCYCASTLE, () -> BouncyCastle.load(), passedOver);
          }
        };
    if (provider == null && (choice == Choice.ACCP || choice == Choice.BOUNCYCASTLE)) {
      throw new IllegalArgumentException(
          passedOver.getFirst() + "; mend that, or set auto to use what loads");
    }
    return new CryptoProvider(choice, provider, passedOver);
  }

  private static @Nullable Provider load(
      Choice choice, Supplier<Provider> loader, List<String> passedOver) {
    try {
      return loader.get();
    } catch (RuntimeException | LinkageError e) {
      passedOver.add(choice + " does not load (" + rootCause(e) + ")");
      return null;
    }
  }

  private static Throwable rootCause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** What was asked for. */
  public Choice choice() {
    return choice;
  }

  /** The provider's name. */
  public String name() {
    return provider == null ? "JDK" : provider.getName();
  }

  /** The provider's version. */
  public String version() {
    return provider == null ? Runtime.version().toString() : provider.getVersionStr();
  }

  /** What was tried before this one, and why it does not load. */
  public List<String> passedOver() {
    return passedOver;
  }

  /** Name and version. */
  @Override
  public String toString() {
    return name() + " " + version();
  }

  /** A signature object of the provider; not thread-safe. */
  public Signature signature(String algorithm) {
    return find(p -> Signature.getInstance(algorithm, p), () -> Signature.getInstance(algorithm));
  }

  /** A keyed hash of the provider; not thread-safe. */
  public Mac mac(String algorithm) {
    return find(p -> Mac.getInstance(algorithm, p), () -> Mac.getInstance(algorithm));
  }

  /** A key factory of the provider. */
  public KeyFactory keyFactory(String algorithm) {
    return find(p -> KeyFactory.getInstance(algorithm, p), () -> KeyFactory.getInstance(algorithm));
  }

  /** A key pair generator of the provider. */
  public KeyPairGenerator keyPairGenerator(String algorithm) {
    return find(
        p -> KeyPairGenerator.getInstance(algorithm, p),
        () -> KeyPairGenerator.getInstance(algorithm));
  }

  /** A digest of the provider; not thread-safe. */
  public MessageDigest digest(String algorithm) {
    return find(
        p -> MessageDigest.getInstance(algorithm, p), () -> MessageDigest.getInstance(algorithm));
  }

  /**
   * A new source of random bytes, to be used by one thread so that nobody waits for another. ACCP's
   * keeps its state for each thread; otherwise the JDK's DRBG (NIST SP 800-90A), which has a state
   * of its own. Bouncy Castle's own is the slowest of all and is not used.
   */
  public SecureRandom secureRandom() {
    return find(
        p -> SecureRandom.getInstance("LibCryptoRng", p), () -> SecureRandom.getInstance("DRBG"));
  }

  private interface OfProvider<T> {
    T get(Provider provider) throws NoSuchAlgorithmException;
  }

  private interface OfJdk<T> {
    T get() throws NoSuchAlgorithmException;
  }

  private <T> T find(OfProvider<T> ofProvider, OfJdk<T> ofJdk) {
    try {
      if (provider != null) {
        try {
          return ofProvider.get(provider);
        } catch (NoSuchAlgorithmException e) {
          // the JDK's, then
        }
      }
      return ofJdk.get();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("neither " + this + " nor the JDK has the algorithm", e);
    }
  }

  // The libraries are named in classes of their own: where a jar is missing, linking one of these
  // fails, inside the try above, and not the class around them. For the same reason the loaders are
  // lambdas and no method references, which link at once.

  private static final class Accp {
    static Provider load() {
      // Without it the provider offers no Ed25519 key factory; it is read when its class loads.
      System.setProperty("com.amazon.corretto.crypto.provider.registerEdKeyFactory", "true");
      AmazonCorrettoCryptoProvider accp = AmazonCorrettoCryptoProvider.INSTANCE;
      Throwable problem = accp.getLoadingError();
      if (problem != null) {
        throw new IllegalStateException("its native library is not available", problem);
      }
      return accp;
    }
  }

  private static final class BouncyCastle {
    static Provider load() {
      return new BouncyCastleProvider();
    }
  }
}

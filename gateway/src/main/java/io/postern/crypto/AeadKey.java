package io.postern.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A 256-bit AES-GCM key (NIST SP 800-38D). What it seals is bound to a context, so that a sealed
 * value cannot be moved to another row.
 *
 * <p>Sealed form: a 12-byte random nonce, then the ciphertext with its 16-byte tag.
 */
public final class AeadKey {
  /** Key length in bytes. */
  public static final int LENGTH = 32;

  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();
  // to find one takes longer than to use it
  private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(AeadKey::newCipher);

  private final SecretKeySpec key;

  /**
   * @param key 32 bytes
   */
  public AeadKey(byte[] key) {
    if (key.length != LENGTH) {
      throw new IllegalArgumentException("the key must have " + LENGTH + " bytes");
    }
    this.key = new SecretKeySpec(key, "AES");
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not available", e);
    }
  }

  /** Encrypts and authenticates. */
  public byte[] seal(byte[] plaintext, String context) {
    byte[] nonce = new byte[NONCE_LENGTH];
    RANDOM.nextBytes(nonce);
    try {
      byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(plaintext);
      return ByteBuffer.allocate(NONCE_LENGTH + ciphertext.length)
          .put(nonce)
          .put(ciphertext)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not available", e);
    }
  }

  /**
   * Decrypts what {@link #seal} made.
   *
   * @return null when another key or another context sealed it, or when it was changed
   */
  public byte @Nullable [] open(byte[] sealed, String context) {
    if (sealed.length < NONCE_LENGTH) {
      return null;
    }
    byte[] nonce = Arrays.copyOf(sealed, NONCE_LENGTH);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, context)
          .doFinal(sealed, NONCE_LENGTH, sealed.length - NONCE_LENGTH);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not available", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
    Cipher cipher = CIPHERS.get();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  @Override
  public String toString() {
    return "AeadKey[<redacted>]";
  }
}

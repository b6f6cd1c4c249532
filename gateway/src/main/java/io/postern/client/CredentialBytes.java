package io.postern.client;

import io.postern.grant.Expiry;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's credentials in one array of bytes, which takes less than half of the memory of objects
 * for each. One credential follows the other; in parentheses the number of bytes:
 *
 * <pre>
 * secret  flags (1)  position of its hash key (1)  [expiry (8)]  hash (32)
 * key     flags (1)  type and algorithm (1)        [expiry (8)]  kid  public key
 * </pre>
 *
 * A kid that is a SHA-256 thumbprint (RFC 7638) is held as its 32 bytes, and of a P-256 key only
 * the 64 bytes of its point; other kids and other keys are a length (4) and what they are.
 */
final class CredentialBytes {
  private static final int KEY = 1;
  private static final int EXPIRES = 1 << 1;
  private static final int THUMBPRINT = 1 << 2;
  private static final int P256_POINT = 1 << 3;

  private static final int THUMBPRINT_BYTES = 32;
  // 32 bytes in base64url
  private static final int THUMBPRINT_CHARS = 43;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /** What stands before the point in the encoding of each P-256 key (RFC 5480 §2). */
  private static final byte[] P256_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int P256_POINT_BYTES = 64;

  private static final int TYPE_BITS = 4;
  private static final List<KeyType> TYPES = List.of(KeyType.values());
  private static final List<SignatureAlgorithm> ALGORITHMS = List.of(SignatureAlgorithm.values());

  private CredentialBytes() {}

  /**
   * @param hashKeyIds all keys under which the secrets are hashed
   */
  static byte[] of(List<ClientSecret> secrets, List<ClientKey> keys, List<String> hashKeyIds) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (ClientSecret secret : secrets) {
        write(out, secret, hashKeyIds);
      }
      for (ClientKey key : keys) {
        write(out, key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes were not written to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, ClientSecret secret, List<String> hashKeyIds)
      throws IOException {
    int position = hashKeyIds.indexOf(secret.hashKeyId());
    if (position < 0 || position >= ClientSettings.MAX_HASH_KEYS) {
      throw new IllegalArgumentException("the settings do not name the key of a secret's hash");
    }
    out.writeByte(expires(secret.expiryMicros()));
    out.writeByte(position);
    writeExpiry(out, secret.expiryMicros());
    out.write(secret.hash());
  }

  private static void write(DataOutputStream out, ClientKey key) throws IOException {
    byte[] thumbprint = findThumbprint(key.kid());
    boolean isPoint = isP256(key.encoded());
    out.writeByte(
        KEY
            | expires(key.expiryMicros())
            | (thumbprint == null ? 0 : THUMBPRINT)
            | (isPoint ? P256_POINT : 0));
    SignatureAlgorithm only = key.onlyAlgorithm();
    int algorithm = only == null ? 0 : 1 + ALGORITHMS.indexOf(only);
    out.writeByte(algorithm << TYPE_BITS | TYPES.indexOf(key.type()));
    writeExpiry(out, key.expiryMicros());
    if (thumbprint != null) {
      out.write(thumbprint);
    } else {
      writeWithLength(out, key.kid().getBytes(StandardCharsets.UTF_8));
    }
    if (isPoint) {
      out.write(key.encoded(), P256_PREFIX.length, P256_POINT_BYTES);
    } else {
      writeWithLength(out, key.encoded());
    }
  }

  static List<ClientSecret> secrets(byte[] credentials, List<String> hashKeyIds) {
    List<ClientSecret> secrets = new ArrayList<>(1);
    ByteBuffer in = ByteBuffer.wrap(credentials);
    while (in.hasRemaining()) {
      int flags = in.get();
      if ((flags & KEY) != 0) {
        // no secret follows a key
        break;
      }
      String hashKeyId = hashKeyIds.get(Byte.toUnsignedInt(in.get()));
      long expiryMicros = readExpiry(in, flags);
      secrets.add(new ClientSecret(hashKeyId, read(in, ClientSecret.HASH_LENGTH), expiryMicros));
    }
    return secrets;
  }

  static List<ClientKey> keys(byte[] credentials) {
    List<ClientKey> keys = new ArrayList<>(1);
    ByteBuffer in = ByteBuffer.wrap(credentials);
    while (in.hasRemaining()) {
      int flags = in.get();
      int detail = in.get();
      long expiryMicros = readExpiry(in, flags);
      if ((flags & KEY) != 0) {
        keys.add(readKey(in, flags, detail, expiryMicros));
      } else {
        in.position(in.position() + ClientSecret.HASH_LENGTH);
      }
    }
    return keys;
  }

  private static ClientKey readKey(ByteBuffer in, int flags, int detail, long expiryMicros) {
    int only = detail >> TYPE_BITS;
    String kid =
        (flags & THUMBPRINT) != 0
            ? BASE64URL.encodeToString(read(in, THUMBPRINT_BYTES))
            : new String(read(in, in.getInt()), StandardCharsets.UTF_8);
    byte[] encoded;
    if ((flags & P256_POINT) != 0) {
      encoded = Arrays.copyOf(P256_PREFIX, P256_PREFIX.length + P256_POINT_BYTES);
      in.get(encoded, P256_PREFIX.length, P256_POINT_BYTES);
    } else {
      encoded = read(in, in.getInt());
    }
    return new ClientKey(
        kid,
        TYPES.get(detail & ((1 << TYPE_BITS) - 1)),
        only == 0 ? null : ALGORITHMS.get(only - 1),
        encoded,
        expiryMicros);
  }

  private static int expires(long expiryMicros) {
    return expiryMicros == Expiry.NEVER ? 0 : EXPIRES;
  }

  private static void writeExpiry(DataOutputStream out, long expiryMicros) throws IOException {
    if (expiryMicros != Expiry.NEVER) {
      out.writeLong(expiryMicros);
    }
  }

  private static long readExpiry(ByteBuffer in, int flags) {
    return (flags & EXPIRES) == 0 ? Expiry.NEVER : in.getLong();
  }

  // null unless the same text comes back: several texts decode to the same bytes
  private static byte @Nullable [] findThumbprint(String kid) {
    if (kid.length() != THUMBPRINT_CHARS) {
      return null;
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(kid);
      return BASE64URL.encodeToString(bytes).equals(kid) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isP256(byte[] encoded) {
    return encoded.length == P256_PREFIX.length + P256_POINT_BYTES
        && Arrays.equals(encoded, 0, P256_PREFIX.length, P256_PREFIX, 0, P256_PREFIX.length);
  }

  private static void writeWithLength(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] read(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}

package io.postern.admin.registry;

import io.postern.jose.UnfitKeyException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Reads a public key from text: a key or a certificate in PEM (RFC 7468 §5, §13), a line of
 * OpenSSH, or the bare base64 of either. What environments, forms and editors do to white space is
 * undone, which means nothing in any of these. Anything else is told what it is, in words that
 * quote nothing of it.
 */
final class KeyText {
  /** White space, or what escaping once too often has made of it, or what only looks like it. */
  private static final Pattern SPACE =
      Pattern.compile("(?:\\\\+[nrt]|[\\s\\u00A0\\u200B\\uFEFF])+");

  private static final Pattern BOUNDARY = Pattern.compile("-----(?:BEGIN|END) [^-]{1,60}-----");
  private static final Pattern SSH_KEY =
      Pattern.compile("(?:ssh|ecdsa)-[a-z0-9-]{1,30} (AAAA[A-Za-z0-9+/]+={0,2})");

  private static final String MALFORMED = "is malformed";

  private static final List<DerForm<SubjectPublicKeyInfo>> KEYS =
      List.of(
          der -> SubjectPublicKeyInfo.getInstance(der),
          // RFC 8017 §A.1.1
          der ->
              new SubjectPublicKeyInfo(
                  new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                  RSAPublicKey.getInstance(der)));

  private static final List<DerForm<X509CertificateHolder>> CERTIFICATES =
      List.of(
          der -> new X509CertificateHolder(der),
          der -> new X509TrustedCertificateBlock(der).getCertificateHolder());

  private final List<SubjectPublicKeyInfo> keys = new ArrayList<>();
  private final List<X509CertificateHolder> certificates = new ArrayList<>();

  private KeyText() {}

  /** The one key of the text, which may be used now or was to be used in the past. */
  static KeyUpload read(String text, Instant now) throws UnfitKeyException {
    try {
      return parse(text).only(now);
    } catch (RuntimeException e) {
      throw unfit(MALFORMED);
    }
  }

  /** Refuses a text in which there is anything but public keys and certificates, or nothing. */
  static void requirePublic(String text) throws UnfitKeyException {
    KeyText found = parse(text);
    if (found.keys.isEmpty() && found.certificates.isEmpty()) {
      throw unfit(ForeignKey.UNKNOWN);
    }
  }

  private static KeyText parse(String text) throws UnfitKeyException {
    KeyText found = new KeyText();
    try {
      found.addText(text);
      return found;
    } catch (RuntimeException e) {
      // what reads malformed content throws all kinds of exceptions
      throw unfit(MALFORMED);
    }
  }

  private KeyUpload only(Instant now) throws UnfitKeyException {
    if (keys.isEmpty() && !certificates.isEmpty()) {
      return Certificates.upload(Certificates.leaf(certificates), now);
    }
    int found = keys.size() + certificates.size();
    if (found != 1) {
      throw unfit(
          found == 0 ? ForeignKey.UNKNOWN : "holds %d keys: send one alone".formatted(found));
    }
    return KeyUpload.of(keys.getFirst(), null);
  }

  private void addText(String given) throws UnfitKeyException {
    String text = SPACE.matcher(given).replaceAll(" ").strip();
    ForeignKey.refuse(text);
    List<MatchResult> ssh = SSH_KEY.matcher(text).results().toList();
    if (text.contains("-----BEGIN")) {
      addPem(text);
    } else if (!ssh.isEmpty()) {
      for (MatchResult key : ssh) {
        addSsh(decoded(key.group(1)));
      }
    } else {
      addBare(decoded(text.replaceAll("[ \"']", "")));
    }
  }

  private void addPem(String text) throws UnfitKeyException {
    // each boundary on a line of its own, as the parser wants it
    String lines = BOUNDARY.matcher(text).replaceAll("\n$0\n");
    try (PemReader reader = new PemReader(new StringReader(lines))) {
      for (PemObject object = reader.readPemObject();
          object != null;
          object = reader.readPemObject()) {
        // the curve, which openssl writes before a key that names it, too
        if (!object.getType().equals("EC PARAMETERS")) {
          addDer(object.getContent());
        }
      }
    } catch (IOException e) {
      throw unfit("is cut off or changed between a BEGIN line and its END line");
    }
  }

  private void addBare(byte[] content) throws UnfitKeyException {
    String text = new String(content, StandardCharsets.US_ASCII);
    if (text.startsWith("-----BEGIN")) {
      addText(text);
    } else if (content.length > 0 && content[0] == 0) {
      // an OpenSSH key begins with the length of its type's name, DER with a tag
      addSsh(content);
    } else {
      addDer(content);
    }
  }

  private void addDer(byte[] der) throws UnfitKeyException {
    SubjectPublicKeyInfo key = DerForm.first(KEYS, der);
    X509CertificateHolder certificate = DerForm.first(CERTIFICATES, der);
    if (key != null) {
      keys.add(key);
    } else if (certificate != null) {
      certificates.add(certificate);
    } else {
      throw unfit(ForeignKey.describe(der));
    }
  }

  private void addSsh(byte[] key) throws UnfitKeyException {
    try {
      keys.add(
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
              OpenSSHPublicKeyUtil.parsePublicKey(key)));
    } catch (IOException | RuntimeException e) {
      throw unfit("is no whole OpenSSH key: send the line of its .pub file unbroken");
    }
  }

  /** What base64 says, in either alphabet; nothing when it is no base64. */
  private static byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static UnfitKeyException unfit(String detail) {
    return new UnfitKeyException("", detail);
  }
}

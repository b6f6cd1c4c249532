package io.postern.admin.registry;

import io.postern.jose.UnfitKeyException;
import java.util.List;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** What is sent for a public key and is none: what it is, and what to send instead. */
final class ForeignKey {
  static final String UNKNOWN =
      "must be a public key or a certificate in PEM, or the line of an OpenSSH .pub file";

  /** What becomes of a private key that has been sent; ends the details of such. */
  static final String REPLACE = ", and replace this one";

  private static final String PRIVATE =
      "is a private key: send the public key alone (openssl pkey -pubout)" + REPLACE;
  private static final String ENCRYPTED =
      "is an encrypted private key: send the public key alone (openssl pkey -pubout)" + REPLACE;
  private static final String PKCS_7 =
      "is a PKCS #7 bundle: send the agent's certificate alone (openssl pkcs7 -print_certs)";
  private static final String PKCS_12 =
      "is a PKCS #12 store, which may hold the private key: send the certificate alone (openssl"
          + " pkcs12 -nokeys)";
  private static final String REQUEST =
      "is a certificate request: send the certificate that was issued for it, or its public key"
          + " alone (openssl req -pubkey -noout)";
  private static final String SECURITY_KEY =
      "is a key of a security key, which signs for SSH alone: send another one";

  /** The first that a text has in it says what it is. */
  private static final List<Mark> MARKS =
      List.of(
          new Mark(
              "OPENSSH PRIVATE KEY",
              "is a private key: send the line of the .pub file beside it" + REPLACE),
          new Mark("PGP PRIVATE KEY", "is a private key of OpenPGP: send a PUBLIC KEY" + REPLACE),
          new Mark("ENCRYPTED PRIVATE KEY", ENCRYPTED),
          new Mark("Proc-Type: 4,ENCRYPTED", ENCRYPTED),
          new Mark("PRIVATE KEY", PRIVATE),
          new Mark(
              "PuTTY-User-Key-File",
              "is a private key: send the line for OpenSSH that PuTTYgen shows" + REPLACE),
          new Mark("BEGIN PGP", "is an OpenPGP key: send a PUBLIC KEY"),
          new Mark(
              "---- BEGIN SSH2", "is an SSH2 key: send what ssh-keygen -i -f FILE makes of it"),
          new Mark(
              "-cert-v01@openssh.com",
              "is a certificate of OpenSSH: send the line of the key's own .pub file"),
          new Mark("sk-ssh-ed25519@", SECURITY_KEY),
          new Mark("sk-ecdsa-sha2-", SECURITY_KEY));

  private static final List<Form> FORMS =
      List.of(
          new Form(der -> PrivateKeyInfo.getInstance(der), PRIVATE),
          new Form(der -> RSAPrivateKey.getInstance(der), PRIVATE),
          new Form(der -> EncryptedPrivateKeyInfo.getInstance(der), ENCRYPTED),
          // reads its members when asked for them
          new Form(der -> ECPrivateKey.getInstance(der).getKey(), PRIVATE),
          new Form(der -> new PKCS10CertificationRequest(der), REQUEST),
          new Form(der -> Pfx.getInstance(der), PKCS_12),
          new Form(der -> ContentInfo.getInstance(der), PKCS_7));

  private ForeignKey() {}

  private record Mark(String text, String detail) {}

  private record Form(DerForm<?> form, String detail) {}

  /** Refuses a text that is known to be something else. */
  static void refuse(String text) throws UnfitKeyException {
    refuseMarked(text);
    if (text.startsWith("{") || text.startsWith("[")) {
      throw new UnfitKeyException("", "is JSON: send a JWK in jwk");
    }
  }

  /** Refuses a text that says of itself, or of a part, that it is something else. */
  static void refuseMarked(String text) throws UnfitKeyException {
    for (Mark mark : MARKS) {
      if (text.contains(mark.text)) {
        throw new UnfitKeyException("", mark.detail);
      }
    }
  }

  /** What DER that is neither a public key nor a certificate is. */
  static String describe(byte[] der) {
    for (Form form : FORMS) {
      if (form.form.find(der) != null) {
        return form.detail;
      }
    }
    return UNKNOWN;
  }
}

package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.crypto.CryptoProvider;
import io.postern.grant.Expiry;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What was put into the bytes comes out of them. */
class CredentialBytesProperties {
  private static final List<String> HASH_KEYS = List.of("present", "former");

  @Provide
  Arbitrary<ClientSecret> secrets() {
    return Combinators.combine(Arbitraries.of(HASH_KEYS), bytes(32), expiries())
        .as(ClientSecret::new);
  }

  @Provide
  Arbitrary<ClientKey> keys() {
    Arbitrary<String> kids =
        Arbitraries.oneOf(
            bytes(32).map(Base64.getUrlEncoder().withoutPadding()::encodeToString),
            // as long as a thumbprint, but not one; the last may decode to the same bytes as
            // another
            Arbitraries.strings().ofLength(43),
            Arbitraries.strings().withChars("AB_-").ofLength(43),
            Arbitraries.strings().ofMinLength(1).ofMaxLength(255));
    Arbitrary<byte[]> encodings =
        Arbitraries.oneOf(
            bytes(64).map(CredentialBytesProperties::withP256Prefix),
            bytes(91),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(600));
    return Combinators.combine(
            kids,
            Arbitraries.of(KeyType.class),
            Arbitraries.of(SignatureAlgorithm.class).injectNull(0.5),
            encodings,
            expiries())
        .as(ClientKey::new);
  }

  private static Arbitrary<byte[]> bytes(int length) {
    return Arbitraries.bytes().array(byte[].class).ofSize(length);
  }

  private static Arbitrary<Long> expiries() {
    return Arbitraries.oneOf(Arbitraries.just(Expiry.NEVER), Arbitraries.longs());
  }

  @Property(tries = 500)
  void credentials_comeBackAsTheyWere(
      @ForAll("secretLists") List<ClientSecret> secrets, @ForAll("keyLists") List<ClientKey> keys) {
    byte[] bytes = CredentialBytes.of(secrets, keys, HASH_KEYS);
    assertThat(CredentialBytes.secrets(bytes, HASH_KEYS)).isEqualTo(secrets);
    assertThat(CredentialBytes.keys(bytes)).isEqualTo(keys);
  }

  @Provide
  Arbitrary<List<ClientSecret>> secretLists() {
    return secrets().list().ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<ClientKey>> keyLists() {
    return keys().list().ofMaxSize(3);
  }

  /** The usual credentials take this much; a slip in the common case would show in nothing else. */
  @Example
  void secretAndP256KeyByThumbprint_take132Bytes() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    ClientKey key =
        new ClientKey(
            Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]),
            KeyType.P_256,
            null,
            generator.generateKeyPair().getPublic().getEncoded(),
            Expiry.NEVER);
    byte[] bytes =
        CredentialBytes.of(
            List.of(new ClientSecret("former", new byte[32], Expiry.NEVER)),
            List.of(key),
            HASH_KEYS);
    assertThat(bytes).hasSize(132);
    assertThat(CredentialBytes.keys(bytes).getFirst().decode(CryptoProvider.best())).isNotNull();
  }

  private static byte[] withP256Prefix(byte[] point) {
    byte[] prefix = Base64.getDecoder().decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE");
    byte[] encoded = Arrays.copyOf(prefix, prefix.length + point.length);
    System.arraycopy(point, 0, encoded, prefix.length, point.length);
    return encoded;
  }
}

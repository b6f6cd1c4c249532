package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ScopeSet;
import io.postern.jose.KeyType;
import io.postern.oauth.GrantType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A client that is put together piece by piece. */
class RegisteredClientProperties {
  private static final ClientSettings SETTINGS =
      new ClientSettings(
          true,
          Set.of(GrantType.CLIENT_CREDENTIALS),
          AssertionAudience.ISSUER,
          List.of("former", "present"),
          ClientSettings.NO_LIMIT,
          null);

  /** Credentials and grants of a client. */
  private record Piece(List<ClientSecret> secrets, List<ClientKey> keys, List<Grant> grants) {}

  @Property(tries = 200)
  void pieces_inAnyOrder_makeTheSameClient_andOnceMoreChangeNothing(
      @ForAll @IntRange(max = 4) int secrets,
      @ForAll @IntRange(max = 4) int keys,
      @ForAll @IntRange(max = 4) int grants,
      @ForAll Random random) {
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < secrets; i++) {
      pieces.add(new Piece(List.of(secret(i)), List.of(), List.of()));
    }
    for (int i = 0; i < keys; i++) {
      pieces.add(new Piece(List.of(), List.of(key(i)), List.of()));
    }
    for (int i = 0; i < grants; i++) {
      pieces.add(new Piece(List.of(), List.of(), List.of(grant(i))));
    }
    Piece all = union(pieces);
    RegisteredClient whole =
        new RegisteredClient("client", SETTINGS, all.secrets(), all.keys(), all.grants());

    Collections.shuffle(pieces, random);
    RegisteredClient client =
        new RegisteredClient("client", SETTINGS, List.of(), List.of(), List.of());
    for (Piece piece : pieces) {
      assertThat(client).isNotEqualTo(whole);
      client = client.with(piece.secrets(), piece.keys(), piece.grants());
    }

    assertThat(client).isEqualTo(whole);
    RegisteredClient again = client.with(all.secrets(), all.keys(), all.grants());
    assertThat(again).isEqualTo(whole);
    assertThat(again.secrets()).hasSize(secrets);
    assertThat(again.keys()).hasSize(keys);
    assertThat(again.grantCount()).isEqualTo(grants);
  }

  private static Piece union(List<Piece> pieces) {
    return new Piece(
        pieces.stream().flatMap(piece -> piece.secrets().stream()).toList(),
        pieces.stream().flatMap(piece -> piece.keys().stream()).toList(),
        pieces.stream().flatMap(piece -> piece.grants().stream()).toList());
  }

  private static ClientSecret secret(int i) {
    byte[] hash = new byte[32];
    hash[0] = (byte) i;
    return new ClientSecret(i % 2 == 0 ? "present" : "former", hash, Expiry.NEVER);
  }

  private static ClientKey key(int i) {
    return new ClientKey("kid-" + i, KeyType.P_256, null, new byte[] {(byte) i}, Expiry.NEVER);
  }

  private static Grant grant(int i) {
    return new Grant("urn:service:" + i, ScopeSet.of(List.of("read")), Expiry.NEVER);
  }
}

package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever comes for a token: an answer, never an exception, and never a yes. */
class HostileTokenProperties {
  private static StandInIssuer issuer;
  private static PosternVerifier verifier;

  @BeforeContainer
  static void start() {
    issuer = new StandInIssuer();
    verifier = issuer.verifier().start();
    Await.result(verifier.ready());
  }

  @AfterContainer
  static void stop() {
    verifier.close();
    issuer.close();
  }

  private static void assertRefused(String token) {
    assertThat(verifier.verifyBlocking(token)).isInstanceOf(Verification.Refused.class);
  }

  @Property(tries = 500)
  void anyText(@ForAll @StringLength(max = 300) String text) {
    assertRefused(text);
    assertRefused(Base64URL.encode(text) + "." + Base64URL.encode(text) + ".AAAA");
  }

  @Property(tries = 200)
  void goodTokenWithOneCharacterChanged(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder token = new StringBuilder(issuer.token());
    // the signature's spare bits are no part of it
    int at = random.nextInt(token.lastIndexOf("."));
    char other = (char) (33 + random.nextInt(94));
    if (token.charAt(at) != other) {
      token.setCharAt(at, other);
      assertRefused(token.toString());
    }
  }

  // What the issuer itself has signed may be odd, but must not break anything.
  @Property(tries = 300)
  void signedClaimsWithOneCharacterChanged(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder claims = new StringBuilder(JSONObjectUtils.toJSONString(issuer.claims()));
    claims.setCharAt(random.nextInt(claims.length()), (char) (32 + random.nextInt(95)));
    String header = "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\"}";
    assertThat(verifier.verifyBlocking(issuer.key().sign(header, claims.toString()))).isNotNull();
  }
}

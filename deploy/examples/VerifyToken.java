import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service does with an access token: signature against the issuer's JWK Set, type, issuer,
 * audience and time (RFC 9068 §4). Reads the token endpoint's answer, or a bare token, from stdin.
 *
 * <pre>
 * java -cp 'gateway/target/postern/lib/*' deploy/examples/VerifyToken.java ISSUER AUDIENCE
 * </pre>
 */
public class VerifyToken {
  public static void main(String[] args) throws Exception {
    String issuer = args[0];
    String audience = args[1];
    String input = new BufferedReader(new InputStreamReader(System.in)).readLine();
    Matcher member = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(input);
    String token = member.find() ? member.group(1) : input;

    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.PS256),
            JWKSourceBuilder.create(URI.create(issuer + "/oauth2/jwks").toURL()).build()));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            audience,
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("sub", "exp", "iat", "jti", "client_id", "scope")));

    JWTClaimsSet claims = processor.process(token, null);
    System.out.println("valid: " + claims);
  }
}

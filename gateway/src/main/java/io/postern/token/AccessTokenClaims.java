package io.postern.token;

/**
 * The claims of a JWT access token (RFC 9068 §2.2).
 *
 * @param clientId the client, which is also the subject (RFC 9068 §2.2: no resource owner)
 * @param scope the scope values, separated by single spaces
 * @param issuedAt seconds since the epoch
 * @param expiresAt seconds since the epoch
 * @param jti at least 128 random bits
 */
public record AccessTokenClaims(
    String issuer,
    String clientId,
    String audience,
    String scope,
    long issuedAt,
    long expiresAt,
    String jti) {}

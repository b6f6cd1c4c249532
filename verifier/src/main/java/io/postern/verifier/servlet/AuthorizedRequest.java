package io.postern.verifier.servlet;

import io.postern.verifier.VerifiedToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request as its token's subject has made it. */
final class AuthorizedRequest extends HttpServletRequestWrapper {
  private final VerifiedToken token;

  AuthorizedRequest(HttpServletRequest request, VerifiedToken token) {
    super(request);
    this.token = token;
  }

  @Override
  public Principal getUserPrincipal() {
    return token::subject;
  }

  @Override
  public String getRemoteUser() {
    return token.subject();
  }

  @Override
  public String getAuthType() {
    return "Bearer";
  }
}

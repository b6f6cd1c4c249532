package io.postern.verifier.servlet;

import io.postern.verifier.Challenge;
import io.postern.verifier.PosternVerifier;
import io.postern.verifier.Verification;
import io.postern.verifier.VerifiedToken;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/**
 * Lets a request pass if its bearer token counts and has some scopes (RFC 6750); otherwise answers
 * 401, 403, 400 or 503. The token's subject is the request's principal. The thread waits only while
 * the key of a token is not known.
 */
public final class PosternFilter implements Filter {
  /** The request attribute that holds the {@link VerifiedToken}. */
  public static final String TOKEN = VerifiedToken.class.getName();

  private final PosternVerifier verifier;
  private final List<String> scopes;

  /**
   * A filter by that verifier, which it does not close.
   *
   * @param scopes that a token must have, all of them
   */
  public PosternFilter(PosternVerifier verifier, String... scopes) {
    this.verifier = verifier;
    this.scopes = List.of(scopes);
  }

  /**
   * The token of a request that a filter has let pass.
   *
   * @throws IllegalStateException when none has
   */
  public static VerifiedToken token(ServletRequest request) {
    if (request.getAttribute(TOKEN) instanceof VerifiedToken token) {
      return token;
    }
    throw new IllegalStateException("no PosternFilter is before this");
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      throw new ServletException("only HTTP has bearer tokens");
    }
    Verification verification =
        verifier
            .authorize(Collections.list(http.getHeaders("Authorization")), scopes)
            .toCompletableFuture()
            .join();
    if (verification instanceof Verification.Valid valid) {
      http.setAttribute(TOKEN, valid.token());
      chain.doFilter(new AuthorizedRequest(http, valid.token()), response);
    } else if (verification instanceof Verification.Refused refused) {
      Challenge challenge = verifier.challenge(refused.reason(), scopes);
      challenge.headers().forEach(answer::setHeader);
      // not sendError: an error page has nothing to add
      answer.setStatus(challenge.status());
    }
  }
}

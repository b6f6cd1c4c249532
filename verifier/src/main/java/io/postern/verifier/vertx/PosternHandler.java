package io.postern.verifier.vertx;

import io.postern.verifier.Challenge;
import io.postern.verifier.PosternVerifier;
import io.postern.verifier.Reason;
import io.postern.verifier.Verification;
import io.postern.verifier.VerifiedToken;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.AuthenticationHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Lets a request pass if its bearer token counts and has some scopes (RFC 6750); otherwise answers
 * 401, 403, 400 or 503. The same for all routes and event loops. No event loop waits for it.
 */
public final class PosternHandler implements AuthenticationHandler {
  private static final String TOKEN = VerifiedToken.class.getName();

  private final PosternVerifier verifier;
  private final List<String> scopes;

  private PosternHandler(PosternVerifier verifier, List<String> scopes) {
    this.verifier = verifier;
    this.scopes = scopes;
  }

  /**
   * A handler by that verifier, which it does not close.
   *
   * @param scopes that a token must have, all of them
   */
  public static PosternHandler create(PosternVerifier verifier, String... scopes) {
    return new PosternHandler(verifier, List.of(scopes));
  }

  /**
   * The token of a request that a handler has let pass.
   *
   * @throws IllegalStateException when none has
   */
  public static VerifiedToken token(RoutingContext context) {
    VerifiedToken token = context.get(TOKEN);
    if (token == null) {
      throw new IllegalStateException("no PosternHandler is before this one");
    }
    return token;
  }

  @Override
  public void handle(RoutingContext context) {
    CompletableFuture<Verification> verification =
        verifier
            .authorize(context.request().headers().getAll("Authorization"), scopes)
            .toCompletableFuture();
    if (verification.isDone()) {
      decide(context, verification.join());
      return;
    }
    // What comes of the body meanwhile is for the handlers that follow.
    context.request().pause();
    Context loop = context.vertx().getOrCreateContext();
    var unused =
        verification.thenAccept(
            outcome ->
                loop.runOnContext(
                    nothing -> {
                      // whoever lost patience, the client or a time limit, has had its answer
                      if (!context.response().closed() && !context.response().ended()) {
                        context.request().resume();
                        decide(context, outcome);
                      }
                    }));
  }

  private void decide(RoutingContext context, Verification outcome) {
    if (outcome instanceof Verification.Valid valid) {
      context.put(TOKEN, valid.token());
      context.next();
    } else if (outcome instanceof Verification.Refused refused) {
      refuse(context, refused.reason());
    }
  }

  private void refuse(RoutingContext context, Reason reason) {
    Challenge challenge = verifier.challenge(reason, scopes);
    challenge.headers().forEach(context.response()::putHeader);
    var unused = context.response().setStatusCode(challenge.status()).end();
  }
}

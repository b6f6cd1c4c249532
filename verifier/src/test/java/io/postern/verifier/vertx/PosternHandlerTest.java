package io.postern.verifier.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.verifier.Await;
import io.postern.verifier.FilterContract;
import io.postern.verifier.PosternVerifier;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class PosternHandlerTest extends FilterContract {
  private final Vertx vertx = Vertx.vertx();

  @Override
  protected int startServer(PosternVerifier verifier) {
    Router router = Router.router(vertx);
    router
        .get("/customers")
        .handler(PosternHandler.create(verifier, "customers:read"))
        .handler(
            context ->
                context.end(
                    PosternHandler.token(context).clientId()
                        + "/"
                        + PosternHandler.token(context).subject()));
    router
        .post("/customers")
        .handler(PosternHandler.create(verifier, "customers:write"))
        .handler(context -> context.request().body().onSuccess(context::end));
    router
        .get("/admin")
        .handler(PosternHandler.create(verifier, "admin"))
        .handler(context -> context.end("admin"));
    router.get("/open").handler(context -> context.end(PosternHandler.token(context).jti()));
    HttpServer server =
        Await.result(
            vertx
                .createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage());
    return server.actualPort();
  }

  @Override
  protected void stopServer() {
    Await.result(vertx.close().toCompletionStage());
  }

  @Test
  void challenge_isOurs() {
    HttpResponse<String> response = get("/admin", "Bearer " + fixture.token());
    assertThat(challenge(response))
        .isEqualTo(
            "Bearer realm=\"crm\", error=\"insufficient_scope\","
                + " error_description=\"the token lacks a scope\", scope=\"admin\"");
    assertThat(get("/admin", "Bearer a", "Bearer b").statusCode()).isEqualTo(400);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void token_withoutAHandlerBefore_isAMistake() {
    assertThat(get("/open", "Bearer " + fixture.token()).statusCode()).isEqualTo(500);
  }
}

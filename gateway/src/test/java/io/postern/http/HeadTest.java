package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RFC 9110 §9.3.2: what GET answers, HEAD answers without its content; load balancers ask so. */
class HeadTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void head_ofWhatCanBeRead_isGetWithoutContent() {
    for (URI uri :
        List.of(
            gateway.managementUri("/health/live"),
            gateway.managementUri("/health/ready"),
            gateway.managementUri("/metrics"),
            gateway.managementUri("/admin/v1/openapi.json"),
            gateway.managementUri("/admin/v1/agents"),
            gateway.jwksUri(),
            gateway.publicUri("/.well-known/oauth-authorization-server"),
            gateway.publicUri("/.well-known/openid-configuration"),
            gateway.publicUri("/oauth2/authorize"))) {
      HttpResponse<String> get = send("GET", uri);
      HttpResponse<String> head = send("HEAD", uri);

      assertThat(head.statusCode()).as(uri.toString()).isEqualTo(get.statusCode());
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().map().keySet()).isEqualTo(get.headers().map().keySet());
      for (String name : List.of("content-type", "cache-control", "etag", "vary")) {
        assertThat(head.headers().allValues(name)).isEqualTo(get.headers().allValues(name));
      }
      if (!uri.getPath().equals("/metrics")) {
        assertThat(head.headers().firstValue("content-length"))
            .isEqualTo(get.headers().firstValue("content-length"));
      }
    }
  }

  @Test
  void otherMethod_ofWhatCanBeRead_isNotAllowed() {
    for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
      for (String method : List.of("POST", "PUT", "DELETE")) {
        assertThat(send(method, gateway.managementUri(path)).statusCode()).isEqualTo(405);
      }
    }
  }

  private static HttpResponse<String> send(String method, URI uri) {
    return gateway.send(
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build());
  }
}

package io.postern.verifier.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.verifier.FilterContract;
import io.postern.verifier.PosternVerifier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

class PosternFilterTest extends FilterContract {
  private final Server server =
      new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

  /** Says who asks, or what was sent. */
  private static final class Customers extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      assertThat(request.getRemoteUser()).isEqualTo(request.getUserPrincipal().getName());
      assertThat(request.getAuthType()).isEqualTo("Bearer");
      response
          .getWriter()
          .print(PosternFilter.token(request).clientId() + "/" + request.getRemoteUser());
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      request.getInputStream().transferTo(response.getOutputStream());
    }
  }

  @Override
  protected int startServer(PosternVerifier verifier) throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new Customers()), "/*");
    filter(context, "/customers", new PosternFilter(verifier, "customers:read"));
    filter(context, "/admin", new PosternFilter(verifier, "admin"));
    server.setHandler(context);
    server.start();
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private static void filter(ServletContextHandler context, String path, PosternFilter filter) {
    context.addFilter(new FilterHolder(filter), path, EnumSet.of(DispatcherType.REQUEST));
  }

  @Override
  protected void stopServer() throws Exception {
    server.stop();
  }

  @Test
  void severalTokens_areMalformed() {
    assertThat(get("/admin", "Bearer a", "Bearer b").statusCode()).isEqualTo(400);
  }
}

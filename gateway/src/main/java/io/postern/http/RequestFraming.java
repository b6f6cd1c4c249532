package io.postern.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses HTTP/1 requests of which two readers may think differently: where they end, or whom they
 * are for. They are answered with 400 as what cannot be decoded is, and nothing that follows them
 * on the connection is read. For one connection.
 *
 * <p>It stands behind Netty's decoder, which has refused before what it knows by itself: a length
 * beside chunks, two lengths, white space before a colon. It works on the event loop, since a
 * handler on another thread comes too late for a request that follows in the same packet.
 */
public final class RequestFraming extends ChannelInboundHandlerAdapter {
  // the name that Vert.x gives it
  private static final String DECODER = "httpDecoder";

  private boolean refused;

  private RequestFraming() {}

  /** Watches a new connection. */
  public static void watch(HttpConnection connection) {
    ChannelPipeline pipeline =
        ((HttpServerConnection) connection).channelHandlerContext().pipeline();
    // HTTP/2 has frames
    if (pipeline.get(DECODER) != null) {
      pipeline.addAfter(DECODER, "requestFraming", new RequestFraming());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
      String fault = findFault(request);
      if (fault != null) {
        refused = true;
        request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(fault)));
      }
    }
    context.fireChannelRead(message);
  }

  private static @Nullable String findFault(HttpRequest request) {
    HttpHeaders headers = request.headers();
    // RFC 9112 §6.3: no way to tell where a body ends; and where chunks stand beside something
    // else, another reader may tell otherwise
    if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING) && !isChunkedAlone(headers)) {
      return "the only transfer coding is chunked";
    }
    // RFC 9112 §3.2: 400 to a request of HTTP/1.1 without a Host, and to any with several or with
    // an invalid one
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    boolean clear =
        hosts.isEmpty()
            ? request.protocolVersion().equals(HttpVersion.HTTP_1_0)
            : hosts.size() == 1 && isAuthority(hosts.getFirst());
    return clear ? null : "there must be one Host";
  }

  private static boolean isChunkedAlone(HttpHeaders headers) {
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
  }

  // RFC 9110 §4.2.1: an http URI has a host that is not empty
  private static boolean isAuthority(String host) {
    return !host.isEmpty() && HostAndPort.parseAuthority(host, -1) != null;
  }
}

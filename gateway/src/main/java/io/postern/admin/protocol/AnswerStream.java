package io.postern.admin.protocol;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** An answer that is written as it is made; the maker waits for the reader. On a virtual thread. */
public final class AnswerStream {
  private static final int CHUNK_BYTES = 32 * 1024;

  private final HttpServerResponse response;
  private final boolean headOnly;

  AnswerStream(RoutingContext context) {
    this.response = context.response();
    this.headOnly = context.request().method().equals(HttpMethod.HEAD);
  }

  /** Whether whoever asked is not there any more. */
  public boolean abandoned() {
    return response.closed();
  }

  /** Sends status 200 and the headers; to be closed at the end of the content. */
  public OutputStream begin(String contentType, Map<String, String> headers) {
    response.putHeader("Content-Type", contentType).putHeader("Cache-Control", "no-store");
    headers.forEach(response::putHeader);
    if (headOnly) {
      var _ = response.end();
      return OutputStream.nullOutputStream();
    }
    response.setChunked(true);
    return new BufferedOutputStream(new Chunks(), CHUNK_BYTES);
  }

  /** Ends an answer that is not whole, so that nobody takes it for whole. */
  static void breakOff(RoutingContext context) {
    if (!context.response().ended()) {
      var _ = context.response().reset();
    }
  }

  private final class Chunks extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (response.closed()) {
        throw new IOException("whoever asked is gone");
      }
      try {
        response.write(Buffer.buffer(length).appendBytes(bytes, offset, length)).await();
      } catch (RuntimeException e) {
        throw new IOException("whoever asked is gone", e);
      }
    }

    @Override
    public void close() {
      var _ = response.end();
    }
  }
}

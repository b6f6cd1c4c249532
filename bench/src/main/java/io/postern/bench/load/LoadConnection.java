package io.postern.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** One connection: at most one request is on its way. Confined to its loop. */
// What a write or close ended in arrives at exceptionCaught and channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoadConnection extends ChannelInboundHandlerAdapter {
  private final LoadLoop loop;
  private final ResponseScanner scanner = new ResponseScanner();
  private @Nullable Channel channel;
  private @Nullable Request waiting;
  private long intended;

  LoadConnection(LoadLoop loop) {
    this.loop = loop;
  }

  /** Writes a request that was to be sent at {@code intended}. */
  void send(Request request, long intended) {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("not connected");
    }
    this.waiting = request;
    this.intended = intended;
    ByteBuf buffer = open.alloc().directBuffer(request.bytes().length);
    open.writeAndFlush(buffer.writeBytes(request.bytes()), open.voidPromise());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    loop.opened(this, context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf arrived = (ByteBuf) message;
    try {
      scanner.append(arrived);
    } finally {
      arrived.release();
    }
    Request request = waiting;
    if (request == null || !scanner.isComplete()) {
      return;
    }
    waiting = null;
    boolean keepAlive = scanner.keepAlive();
    loop.answered(this, request, intended, scanner);
    scanner.next();
    if (!keepAlive) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    boolean waited = waiting != null;
    waiting = null;
    loop.closed(this, context.channel(), waited);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    loop.fail(String.valueOf(cause));
    context.close();
  }
}

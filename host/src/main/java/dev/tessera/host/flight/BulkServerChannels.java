package dev.tessera.host.flight;

import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections whose streams of gigabytes leave from where they lie. Flight puts a message's head,
 * some bytes on the heap, into one buffer with the vectors, and Netty copies a buffer whole unless
 * all of it is off the heap: a sixth of the sending thread's time ({@code tessera bench serve}).
 */
final class BulkServerChannels implements AutoCloseable {

  /**
   * How much may wait for the socket, which is also how much goes to it at once: with Netty's 64
   * KiB a byte took the sending thread twice as long.
   */
  private static final WriteBufferWaterMark WAITING =
      new WriteBufferWaterMark(256 << 10, 512 << 10);

  private final EventLoopGroup threads =
      new NioEventLoopGroup(0, new DefaultThreadFactory("flight-server-io", true));

  /** Has the builder's server take connections of this kind, which these threads serve. */
  NettyServerBuilder configure(NettyServerBuilder builder) {
    return builder
        .channelFactory(Listening::new)
        .bossEventLoopGroup(threads)
        .workerEventLoopGroup(threads)
        .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING);
  }

  /** Ends the threads; to be called when the server has ended. */
  @Override
  public void close() {
    Future<?> unused = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static final class Listening extends NioServerSocketChannel {

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int before = accepted.size(); // several may be accepted before any is looked at
      int result = super.doReadMessages(accepted);
      for (Object channel : accepted.subList(before, accepted.size())) {
        // next to the socket: with TLS it sees what is encrypted already
        ((Channel) channel).pipeline().addFirst(new PieceByPiece());
      }
      return result;
    }
  }

  /** Writes what lies partly on the heap as the pieces that it consists of. */
  static final class PieceByPiece extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (!(message instanceof ByteBuf buffer)
          || buffer.isDirect()
          || buffer.nioBufferCount() < 2) {
        ChannelFuture unused = context.write(message, promise);
        return;
      }
      ByteBuffer[] pieces = buffer.nioBuffers();
      for (int i = 0; i < pieces.length - 1; i++) {
        ChannelFuture unused = context.write(Unpooled.wrappedBuffer(pieces[i]));
      }
      // pieces leave in order: with the last one the whole buffer has left
      ChannelFuture unused =
          context
              .write(Unpooled.wrappedBuffer(pieces[pieces.length - 1]), promise.unvoid())
              .addListener(written -> buffer.release());
    }
  }
}

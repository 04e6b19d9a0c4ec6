package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.flight.BulkServerChannels.PieceByPiece;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BulkServerChannelsTest {

  private final EmbeddedChannel channel = new EmbeddedChannel(new PieceByPiece());

  @Test
  void whatLiesOffTheHeapLeavesFromWhereItLiesAndIsFreedOnlyThen() {
    ByteBuf head = Unpooled.copiedBuffer("head", StandardCharsets.US_ASCII);
    ByteBuf vectors = Unpooled.directBuffer(8).writeLong(7);
    long address = vectors.memoryAddress();
    CompositeByteBuf message = Unpooled.compositeBuffer().addComponents(true, head, vectors);

    var written = channel.write(message);
    assertThat(vectors.refCnt()).isEqualTo(1);
    channel.flush();

    ByteBuf first = channel.readOutbound();
    ByteBuf second = channel.readOutbound();
    assertThat(first.toString(StandardCharsets.US_ASCII)).isEqualTo("head");
    assertThat(second.isDirect()).isTrue();
    assertThat(second.memoryAddress()).isEqualTo(address);
    assertThat(written.isSuccess()).isTrue();
    assertThat(message.refCnt()).isZero();
    assertThat(vectors.refCnt()).isZero();
  }

  @Test
  void aMessageThatCannotLeaveIsFreedToo() {
    ByteBuf vectors = Unpooled.directBuffer(8).writeLong(7);
    CompositeByteBuf message =
        Unpooled.compositeBuffer()
            .addComponents(true, Unpooled.wrappedBuffer(new byte[] {1}), vectors);
    EmbeddedChannel broken = new EmbeddedChannel(new Refusal(), new PieceByPiece());

    assertThat(broken.write(message).cause()).hasMessage("broken pipe");
    assertThat(vectors.refCnt()).isZero();
  }

  @Test
  void anyOtherBufferPassesAsItIs() {
    ByteBuf direct = Unpooled.directBuffer(1).writeByte(1);
    ByteBuf onTheHeap = Unpooled.wrappedBuffer(new byte[] {2});
    channel.writeOutbound(direct, onTheHeap);

    assertThat((ByteBuf) channel.readOutbound()).isSameAs(direct);
    assertThat((ByteBuf) channel.readOutbound()).isSameAs(onTheHeap);
  }

  /** A socket that takes nothing. */
  private static final class Refusal extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      promise.setFailure(new IOException("broken pipe"));
    }
  }
}

package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.teex.protocol.Bytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BodyTest {
  @Test
  void isWhatCameInWhateverPieces() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] content = new byte[random.nextInt(300_000)];
      random.nextBytes(content);
      Body body = new Body(content.length);

      for (int at = 0; at < content.length; ) {
        int more = Math.min(content.length - at, random.nextInt(1 << random.nextInt(18)));
        assertThat(body.hasRoomFor(more)).isTrue();
        body.add(Unpooled.wrappedBuffer(Arrays.copyOfRange(content, at, at + more)));
        at += more;
      }

      assertThat(body.hasRoomFor(1)).isFalse();
      assertThat(body.whole()).as("seed %d", seed).isEqualTo(Bytes.of(content));
      assertThat(body.whole().isEmpty()).isTrue();
    }
  }
}

package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Role;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClosingTest {
  private static final Logger NETTY = Logger.getLogger("io.netty");

  @TempDir Path directory;

  @Test
  void aConnectionThatNeverFinishedItsHandshakeEndsWithTheServer() throws Exception {
    Fixture fixture = new Fixture(directory.resolve("platform"));
    Thrown thrown = new Thrown();
    NETTY.addHandler(thrown);
    AttestedServer server = fixture.server(Role.STORE).start();
    try (Socket mute = new Socket(server.endpoint().host(), server.port());
        AttestedChannel channel = fixture.channel(server).open()) {
      // Accepted after the other one.
      channel.connect(Fixture.PATIENCE);
      assertThat(mute.isConnected()).isTrue();

      server.close();
    } finally {
      NETTY.removeHandler(thrown);
    }

    assertThat(thrown.seen).isEmpty();
  }

  /** What goes wrong where gRPC tells us of a connection's end. */
  private static final class Thrown extends Handler {
    final List<Throwable> seen = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord event) {
      if (event.getThrown() != null) {
        seen.add(event.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

package io.teex.market.wiretap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WiretapTest {
  @TempDir private Path recordings;

  @Test
  void forwardsAndKeepsBothDirections() throws IOException {
    try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket caller = echo.accept()) {
              byte[] said = caller.getInputStream().readAllBytes();
              caller.getOutputStream().write(("heard " + new String(said, UTF_8)).getBytes(UTF_8));
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });

      String answer;
      try (Wiretap tap =
              Wiretap.open(
                  0,
                  new InetSocketAddress(echo.getInetAddress(), echo.getLocalPort()),
                  recordings);
          Socket caller = new Socket(InetAddress.getLoopbackAddress(), tap.port())) {
        caller.getOutputStream().write("hello".getBytes(UTF_8));
        caller.shutdownOutput();
        answer = new String(caller.getInputStream().readAllBytes(), UTF_8);
      }

      assertThat(answer).isEqualTo("heard hello");
      assertThat(Files.readString(recordings.resolve("1.up"))).isEqualTo("hello");
      assertThat(Files.readString(recordings.resolve("1.down"))).isEqualTo("heard hello");
    }
  }

  @Test
  void aCallerOfADeadTargetSeesAClosedConnection() throws IOException {
    int deadPort;
    try (ServerSocket dead = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      deadPort = dead.getLocalPort();
    }
    try (Wiretap tap =
            Wiretap.open(
                0, new InetSocketAddress(InetAddress.getLoopbackAddress(), deadPort), recordings);
        Socket caller = new Socket(InetAddress.getLoopbackAddress(), tap.port())) {
      assertThat(caller.getInputStream().read()).isEqualTo(-1);
    }
  }
}

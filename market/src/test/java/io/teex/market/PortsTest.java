package io.teex.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void begin() {
    file = directory.resolve("ports.json");
  }

  private static void assertRefused(ErrorCode code, String what, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(what);
  }

  private static ServerSocket somebody(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }

  @Test
  void givesTheSamePortToTheSameNameForEver() throws IOException {
    Ports ports = Ports.open(file);
    int chain = ports.of("chain");

    assertThat(ports.of("manager")).isNotEqualTo(chain);
    assertThat(ports.of("chain")).isEqualTo(chain);
    assertThat(Ports.open(file).of("chain")).isEqualTo(chain);
  }

  @Test
  void saysWhoseRememberedPortIsTakenAndWhatToDo() throws IOException {
    int chain = Ports.open(file).of("chain");
    Ports again = Ports.open(file);

    try (ServerSocket taken = somebody(chain)) {
      assertRefused(
          ErrorCode.PORT_IN_USE,
          "port %d of chain is taken by another program: stop it".formatted(taken.getLocalPort()),
          () -> again.of("chain"));
    }
  }

  @Test
  void saysThatAWishedPortIsTaken() throws IOException {
    Ports ports = Ports.open(file);

    try (ServerSocket taken = somebody(0)) {
      assertRefused(
          ErrorCode.PORT_IN_USE,
          "choose another directory or port",
          () -> ports.wish("chain", taken.getLocalPort()));
    }
  }

  @Test
  void namesAFileThatHoldsNoPorts() throws IOException {
    Files.writeString(file, "{");

    assertRefused(ErrorCode.USAGE, file.toString(), () -> Ports.open(file));
  }
}

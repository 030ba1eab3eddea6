package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeConfigTest {
  private static final Endpoint ELSEWHERE = new Endpoint("other", 9);

  @TempDir Path directory;

  @Test
  void readsEveryType() throws Exception {
    Path file = directory.resolve("node.properties");
    Files.writeString(
        file,
        """
        # a comment
        text = words\s
        empty =
        path = /var/teex
        endpoint = [::1]:4000
        uri = http://127.0.0.1:8545
        address = 0x52908400098527886E0F7030069857D2E4169EE7
        integer = 7
        number = 123456789012
        iso = PT2.5S
        millis = 250
        flag = true
        """);
    NodeConfig config = NodeConfig.read(file);

    assertThat(config.text("text")).isEqualTo("words");
    assertThat(config.optionalText("empty")).isEmpty();
    assertThat(config.path("path")).isEqualTo(Path.of("/var/teex"));
    assertThat(config.endpoint("endpoint")).isEqualTo(new Endpoint("::1", 4000));
    assertThat(config.uri("uri")).isEqualTo(URI.create("http://127.0.0.1:8545"));
    assertThat(config.address("address"))
        .isEqualTo(Address.fromHex("0x52908400098527886E0F7030069857D2E4169EE7"));
    assertThat(config.integer("integer", 1, 0, 10)).isEqualTo(7);
    assertThat(config.number("number", 1, 0, Long.MAX_VALUE)).isEqualTo(123_456_789_012L);
    assertThat(config.duration("iso", Duration.ZERO)).isEqualTo(Duration.ofMillis(2_500));
    assertThat(config.duration("millis", Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
    assertThat(config.flag("flag", false)).isTrue();
    config.requireAllRead();
  }

  @Test
  void fallsBackToDefaults() {
    NodeConfig config = NodeConfig.of(Map.of());

    assertThat(config.text("a", "x")).isEqualTo("x");
    assertThat(config.optionalPath("b")).isEmpty();
    assertThat(config.endpoint("c", ELSEWHERE)).isEqualTo(ELSEWHERE);
    assertThat(config.optionalEndpoint("d")).isEmpty();
    assertThat(config.optionalAddress("e")).isEmpty();
    assertThat(config.integer("f", 3, 0, 10)).isEqualTo(3);
    assertThat(config.duration("g", Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.flag("h", true)).isTrue();
  }

  @Test
  void namesTheKeyThatIsWrong() {
    assertWrong(config -> config.text("k"), Map.of(), "k is missing");
    assertWrong(
        config -> config.integer("k", 1, 0, 9), Map.of("k", "10"), "k is 10, expected 0 to 9");
    assertWrong(config -> config.integer("k", 1, 0, 9), Map.of("k", "ten"), "k is ten");
    assertWrong(config -> config.endpoint("k"), Map.of("k", "host"), "k is host");
    assertWrong(config -> config.endpoint("k"), Map.of("k", "host:70000"), "host:70000");
    assertWrong(config -> config.address("k"), Map.of("k", "0x12"), "k is 0x12");
    assertWrong(config -> config.uri("k"), Map.of("k", "a b"), "k is a b");
    assertWrong(config -> config.flag("k", true), Map.of("k", "yes"), "neither true nor false");
    assertWrong(config -> config.duration("k", Duration.ZERO), Map.of("k", "5s"), "k is 5s");
    assertWrong(
        config -> config.duration("k", Duration.ZERO), Map.of("k", "0"), "more than nothing");
  }

  private static void assertWrong(
      Function<NodeConfig, Object> getter, Map<String, String> values, String message) {
    assertUsage(() -> getter.apply(NodeConfig.of(values)), message);
  }

  @Test
  void keysThatNobodyAskedForAreErrors() {
    NodeConfig config = NodeConfig.of(Map.of("listen", "a:1", "lsiten", "b:2"));
    config.endpoint("listen");

    assertUsage(config::requireAllRead, "unknown key lsiten; known are listen");
  }

  @Test
  void keysThatAppearTwiceAreErrors() throws Exception {
    Path file = directory.resolve("node.properties");
    Files.writeString(file, "a=1\na=2\n");

    assertUsage(() -> NodeConfig.read(file), "key a appears twice");
  }

  @Test
  void filesThatAreNotThereAreErrors() {
    assertUsage(() -> NodeConfig.read(directory.resolve("none")), "cannot be read");
  }

  private static void assertUsage(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(message);
  }
}

package io.teex.worker;

import static io.teex.worker.Failures.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.rpc.node.NodeConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings of demands. */
class ClaimingTest {
  @Test
  void isOffUnlessItIsSwitchedOn() {
    assertThat(Claiming.from(NodeConfig.of(Map.of()))).isEqualTo(new Claiming.Off());
    assertThat(Claiming.from(NodeConfig.of(Map.of("demand", "false", "demand.key-file", "a"))))
        .isEqualTo(new Claiming.Off());
  }

  @Test
  void needsAnAccountOnly() {
    assertThat(Claiming.from(NodeConfig.of(Map.of("demand", "true", "demand.key-file", "a"))))
        .isEqualTo(new Claiming.On(Path.of("a"), Path.of(""), 4, Amount.ZERO, 500));
    refuses(ErrorCode.USAGE, () -> Claiming.from(NodeConfig.of(Map.of("demand", "true"))));
  }

  @Test
  void takesEveryKey() {
    NodeConfig config =
        NodeConfig.of(
            Map.of(
                "demand", "true",
                "demand.key-file", "a",
                "demand.password-file", "b",
                "demand.open-max", "7",
                "demand.pay-min", "1000",
                "demand.fee-max", "30"));

    assertThat(Claiming.from(config))
        .isEqualTo(new Claiming.On(Path.of("a"), Path.of("b"), 7, Amount.of(1_000), 30));
    config.requireAllRead();
  }
}

package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFileTest {
  private static final NodeFile NODE =
      new NodeFile(
          Role.DISPATCHER,
          Address.fromHex("0x" + "0d".repeat(Address.SIZE)),
          Bytes32.fromHex("0x" + "0f".repeat(Bytes32.SIZE)));

  @TempDir private Path data;

  @Test
  void isReadAsItWasWritten() {
    NODE.write(data.resolve("node"));
    NODE.write(data.resolve("node"));

    assertThat(NodeFile.read(data.resolve("node"))).isEqualTo(NODE);
    assertThat(data.resolve("node")).isDirectoryContaining("glob:**/node.json");
  }

  @Test
  void saysWhenItIsWrittenIfItIsNotThere() {
    assertThatThrownBy(() -> NodeFile.read(data))
        .hasMessageContaining("when it starts")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void refusesWhatNoNodeWrites() throws Exception {
    String good = NODE.toJson();
    for (String bad :
        List.of(
            "",
            good.replace("DISPATCHER", "KING"),
            good.replace("0x", ""),
            good.replace("}", ",\"more\":1}"))) {
      Files.writeString(data.resolve(NodeFile.NAME), bad);

      assertThatThrownBy(() -> NodeFile.read(data))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    }
  }
}

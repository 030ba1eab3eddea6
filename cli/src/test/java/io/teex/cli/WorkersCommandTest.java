package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Sha256;
import io.teex.protocol.TcbStatus;
import io.teex.sdk.WorkerAtWork;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorkersCommandTest {
  private static WorkerAtWork worker(int number, int machine) {
    Address address = new Address(Sha256.hash(new byte[] {(byte) number}).value().slice(12, 32));
    return new WorkerAtWork(
        "127.0.0.1:" + number,
        2,
        1,
        new NodeCertificate(
            Role.WORKER,
            Bytes32.ZERO,
            address,
            address,
            Bytes.EMPTY,
            Sha256.hash(new byte[] {(byte) machine}),
            TcbStatus.UP_TO_DATE,
            1,
            0));
  }

  @Test
  void countsMachinesByTheirTags() {
    assertThat(WorkersCommand.words(List.of(worker(1, 1), worker(2, 1), worker(3, 2))))
        .containsPattern("127.0.0.1:1 +1 +2 +UP_TO_DATE +4bf5122f\\n")
        .containsPattern("127.0.0.1:2 .*4bf5122f\\n")
        .containsPattern("127.0.0.1:3 .*dbc1b4c9\\n")
        .endsWith("3 workers on 2 machines");
    assertThat(WorkersCommand.words(List.of())).endsWith("0 workers on 0 machines");
  }
}

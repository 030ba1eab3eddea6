package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import org.junit.jupiter.api.Test;

class ManagerStatementTest {
  /** The same values stand in contracts/test/quote/ManagerAttestation.t.sol. */
  @Test
  void isWhatTheContractMakesOfIt() {
    Address contract = Address.fromHex("0x" + "11".repeat(20));
    Address key = Address.fromHex("0x" + "22".repeat(20));
    Bytes32 blockHash = Bytes32.fromHex("0x" + "00".repeat(31) + "33");

    assertThat(ManagerStatement.of(key, blockHash, 31_337, contract).value().toHex())
        .isEqualTo(
            "bcbd7bc0b8d12f97db2fcfd5c6a6913988ff1ef0bfda261deee257151462bbf9"
                + "4dfef7ef5605334a3ef453e61d97b9979ee5273d57d97baecda8a29884168f0c");
  }
}

package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Signed by viem 2.57.20 for the first development account. */
class TransactionTest {
  private static final BigInteger GWEI = BigInteger.TEN.pow(9);

  @Test
  void signsATransferLikeViem() {
    Transaction transfer =
        new Transaction(
            31337,
            0,
            GWEI,
            GWEI.multiply(BigInteger.valueOf(3)),
            21_000,
            Address.fromHex("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
            BigInteger.TEN.pow(18),
            Bytes.EMPTY);

    Transaction.Raw raw = transfer.sign(DevAccounts.key(0));

    assertThat(raw.bytes())
        .hasToString(
            "0x02f874827a6980843b9aca0084b2d05e008252089470997970c51812dc3a010c7d01b50e0d17dc79c8"
                + "880de0b6b3a764000080c001a0327b671398e480b9ae2a3b89650723c01d64f3dff2d3acfc13a1"
                + "3a6c0ee30da2a01381fa02803f87cc7ec266fff399d884f155d2cf803912fecccf8a867c3b7b35");
    assertThat(raw.hash())
        .isEqualTo(
            Bytes32.fromHex("21f97614e3117d6e9083ba46b8b2be20c428008e5f6801adcc19fc00741833a6"));
  }

  @Test
  void signsACreationLikeViem() {
    byte[] code = new byte[300];
    Arrays.fill(code, (byte) 0x60);
    Transaction creation =
        new Transaction(
            1,
            300,
            GWEI,
            GWEI.multiply(BigInteger.valueOf(30)),
            5_000_000,
            null,
            BigInteger.ZERO,
            Bytes.of(code));

    assertThat(creation.sign(DevAccounts.key(0)).hash())
        .isEqualTo(
            Bytes32.fromHex("87e3ea20e0689aee11e699de13c48aedf326754c6fd62626b0f6e71b389de231"));
  }
}

package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the Ethereum wiki's page on RLP. */
class RlpTest {
  @Test
  void encodesStrings() {
    assertThat(hex(Rlp.string(ascii("dog")))).isEqualTo("83646f67");
    assertThat(hex(Rlp.string(ascii("")))).isEqualTo("80");
    assertThat(hex(Rlp.string(new byte[] {0}))).isEqualTo("00");
    assertThat(hex(Rlp.string(new byte[] {(byte) 0x80}))).isEqualTo("8180");
    assertThat(hex(Rlp.string(ascii("Lorem ipsum dolor sit amet, consectetur adipisicing elit"))))
        .startsWith("b8384c6f72656d");
    assertThat(hex(Rlp.string(new byte[55]))).startsWith("b700");
    assertThat(hex(Rlp.string(new byte[1_024]))).startsWith("b90400");
  }

  @Test
  void encodesNumbersWithoutLeadingZeros() {
    assertThat(hex(Rlp.number(0))).isEqualTo("80");
    assertThat(hex(Rlp.number(15))).isEqualTo("0f");
    assertThat(hex(Rlp.number(1_024))).isEqualTo("820400");
    assertThat(hex(Rlp.number(BigInteger.ONE.shiftLeft(255)))).startsWith("a08000");
    assertThatThrownBy(() -> Rlp.number(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void encodesLists() {
    byte[] empty = Rlp.list(List.of());

    assertThat(hex(empty)).isEqualTo("c0");
    assertThat(hex(Rlp.list(List.of(Rlp.string(ascii("cat")), Rlp.string(ascii("dog"))))))
        .isEqualTo("c88363617483646f67");
    assertThat(
            hex(
                Rlp.list(
                    List.of(
                        empty,
                        Rlp.list(List.of(empty)),
                        Rlp.list(List.of(empty, Rlp.list(List.of(empty))))))))
        .isEqualTo("c7c0c1c0c3c0c1c0");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String hex(byte[] bytes) {
    return Bytes.of(bytes).toHex();
  }
}

package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypedDataTest {
  record Nested(String text, List<BigInteger> numbers) {}

  record Everything(boolean flag, @Uint(40) long small, Bytes bytes, List<Nested> nested) {}

  record Person(String name, Address wallet) {}

  record Mail(Person from, Person to, String contents) {}

  private static final Everything EVERYTHING =
      new Everything(
          true,
          7,
          Bytes.of((byte) 1, (byte) 2),
          List.of(
              new Nested("a", List.of()),
              new Nested("ü", List.of(BigInteger.ONE, BigInteger.TWO))));

  /** The example of EIP-712 itself. */
  @Test
  void hashesTheExampleOfTheStandard() {
    Mail mail =
        new Mail(
            new Person("Cow", Address.fromHex("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")),
            new Person("Bob", Address.fromHex("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")),
            "Hello, Bob!");

    assertThat(TypedData.typeString(Mail.class))
        .isEqualTo("Mail(Person from,Person to,string contents)Person(string name,address wallet)");
    assertThat(TypedData.structHash(mail))
        .hasToString("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
  }

  @Test
  void readsWhatItWrote() {
    byte[] encoded = TypedData.encode(EVERYTHING);

    assertThat(TypedData.decode(Everything.class, encoded)).isEqualTo(EVERYTHING);
    assertThat(TypedData.decodeArguments(Everything.class, TypedData.encodeArguments(EVERYTHING)))
        .isEqualTo(EVERYTHING);
  }

  @Test
  void readsNothingElseThanWhatItWrites() {
    byte[] encoded = TypedData.encode(EVERYTHING);

    assertMalformed(Arrays.copyOf(encoded, encoded.length + 32));
    assertMalformed(Arrays.copyOf(encoded, encoded.length + 1));
    for (int size = 0; size < encoded.length; size++) {
      assertMalformed(Arrays.copyOf(encoded, size));
    }
    for (int bit = 0; bit < encoded.length * 8; bit++) {
      byte[] flipped = encoded.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        Everything other = TypedData.decode(Everything.class, flipped);
        assertThat(TypedData.encode(other)).isEqualTo(flipped);
        assertThat(other).isNotEqualTo(EVERYTHING);
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED);
      }
    }
  }

  @Test
  void refusesToAllocateForAnArrayThatTheDataCannotHold() {
    byte[] huge = new byte[96];
    huge[31] = 32;
    huge[63] = 32;
    Arrays.fill(huge, 65, 96, (byte) 0xff);

    assertThatThrownBy(() -> TypedData.decodeList(Credit.class, huge))
        .isInstanceOf(TeexException.class);
  }

  @Test
  void encodesCalls() {
    record Transfer(Address to, BigInteger value) {}

    assertThat(TypedData.signature("transfer", Transfer.class))
        .isEqualTo("transfer(address,uint256)");
    assertThat(
            TypedData.encodeCall("transfer", new Transfer(Address.ZERO, BigInteger.ONE))
                .slice(0, 4))
        .hasToString("0xa9059cbb");
  }

  private static void assertMalformed(byte[] encoded) {
    assertThatThrownBy(() -> TypedData.decode(Everything.class, encoded))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }
}

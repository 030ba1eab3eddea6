package io.teex.attestation.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CborTest {
  @Test
  void readsTheFormsThatDocumentsHave() {
    assertThat(decode("00")).isEqualTo(new CborItem.Whole(0));
    assertThat(decode("1818")).isEqualTo(new CborItem.Whole(24));
    assertThat(decode("191000")).isEqualTo(new CborItem.Whole(4096));
    assertThat(decode("1affffffff")).isEqualTo(new CborItem.Whole(0xffff_ffffL));
    assertThat(decode("1b7fffffffffffffff")).isEqualTo(new CborItem.Whole(Long.MAX_VALUE));
    assertThat(decode("3822")).isEqualTo(new CborItem.Whole(-35));
    assertThat(decode("3b7fffffffffffffff")).isEqualTo(new CborItem.Whole(Long.MIN_VALUE));
    assertThat(decode("420102")).isEqualTo(new CborItem.Octets(Bytes.fromHex("0102")));
    assertThat(decode("62c3a4")).isEqualTo(new CborItem.Text("ä"));
    assertThat(decode("f6")).isEqualTo(CborItem.Simple.NULL);
    assertThat(decode("d200")).isEqualTo(new CborItem.Tagged(18, new CborItem.Whole(0)));
    assertThat(decode("820001"))
        .isEqualTo(new CborItem.Listing(List.of(new CborItem.Whole(0), new CborItem.Whole(1))));
    assertThat(decode("a1010a"))
        .isEqualTo(new CborItem.Mapping(Map.of(new CborItem.Whole(1), new CborItem.Whole(10))));
  }

  @Test
  void readsListsAndMapsWithoutALength() {
    assertThat(decode("9f0001ff")).isEqualTo(decode("820001"));
    assertThat(decode("bf010aff")).isEqualTo(decode("a1010a"));
    assertThat(decode("9fff")).isEqualTo(decode("80"));
  }

  @Test
  void refusesEverythingElse() {
    for (String hex :
        List.of(
            "", // nothing
            "0000", // something after the item
            "1c", // reserved lengths
            "1f",
            "5f4101ff", // strings in pieces
            "7f6161ff",
            "f93c00", // fractions
            "fb0000000000000000",
            "f818",
            "ff", // an end of nothing
            "9f00", // no end
            "bf01ff", // a key without a value
            "8201", // too few items
            "1bffffffffffffffff", // more than a long
            "5bffffffffffffffff",
            "4201", // too few bytes
            "5affffffff00",
            "9affffffff00",
            "baffffffff0000",
            "61ff", // not UTF-8
            "a201000100", // the same key twice
            "a2010018010a", // also where its form differs
            "a18000", // a list as a key
            "d2")) {
      assertThatIllegalArgumentException().as(hex).isThrownBy(() -> decode(hex));
    }
  }

  @Test
  void boundsNestingAndEntries() {
    assertThat(decode("81".repeat(6) + "00")).isInstanceOf(CborItem.Listing.class);
    for (String nesting : List.of("81", "9f", "a100", "c0")) {
      String bomb = nesting.repeat(8_000 / nesting.length());
      assertThatIllegalArgumentException().as(nesting).isThrownBy(() -> decode(bomb));
    }
    assertThat(decode("9840" + "00".repeat(64))).isInstanceOf(CborItem.Listing.class);
    assertThatIllegalArgumentException().isThrownBy(() -> decode("9841" + "00".repeat(65)));
    assertThatIllegalArgumentException().isThrownBy(() -> decode("9f" + "00".repeat(65) + "ff"));
  }

  @Test
  void readsOrRefusesAnyBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      try {
        assertThat(Cbor.decode(Bytes.of(bytes))).isNotNull();
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %d, round %d", seed, i).hasMessageMatching("(?s).+");
      }
    }
  }

  private static CborItem decode(String hex) {
    return Cbor.decode(Bytes.fromHex(hex));
  }
}

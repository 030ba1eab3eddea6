package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EvidenceTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 24, 255, 256, 4000, Evidence.SIZE_MAX})
  void readsWhatItWrote(int size) {
    for (TeeKind kind : TeeKind.values()) {
      Evidence evidence = new Evidence(kind, Bytes.of(new byte[size]));

      assertThat(Evidence.decode(evidence.encode())).isEqualTo(evidence);
    }
  }

  @Test
  void isATaggedCborArray() {
    byte[] encoded = new Evidence(TeeKind.TDX, Bytes.of((byte) 7, (byte) 8)).encode();

    assertThat(HexFormat.of().formatHex(encoded))
        .isEqualTo("da" + "54454558" + "830104" + "420708");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "da54454558", // a tag only
        "da54454559830101420708", // another tag
        "d9fffe830101420708", // another kind of tag
        "da54454558820101420708", // an array of two
        "da54454558830201420708", // another version
        "da54454558830103420708", // no such kind
        "da54454558830100420708", // no such kind
        "da5445455883010142070801", // a byte too many
        "da545445588301014207", // a byte too few
        "da5445455883010158020708", // not the shortest form
        "da545445588301015900020708", // not the shortest form
        "da54454558830101790002aabb", // a text, not bytes
        "da5445455883010159ffff" // more than there can be
      })
  void refusesEverythingElse(String hex) {
    assertMalformed(HexFormat.of().parseHex(hex));
  }

  @Test
  void refusesTruncationsAndWhatIsTooLong() {
    byte[] encoded = new Evidence(TeeKind.SIMULATED, Bytes.of(new byte[300])).encode();
    for (int size = 0; size < encoded.length; size++) {
      assertMalformed(Arrays.copyOf(encoded, size));
    }
    assertMalformed(new byte[Evidence.ENCODED_SIZE_MAX + 1]);
    assertThatThrownBy(() -> new Evidence(TeeKind.SGX, Bytes.of(new byte[Evidence.SIZE_MAX + 1])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertMalformed(byte[] encoded) {
    assertThatThrownBy(() -> Evidence.decode(encoded))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }
}

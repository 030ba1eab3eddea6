package io.teex.attestation.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Evidence;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NitroSourceTest {
  private static final ReportData DATA = new ReportData(FakeTsm.bytes(7, ReportData.SIZE));

  @Test
  void asksForADocumentOverTheReportData() {
    List<Bytes> requests = new ArrayList<>();
    Bytes document = FakeTsm.bytes(5, 4_300);
    NitroSource source =
        new NitroSource(request -> {
          requests.add(Bytes.of(request));
          return answer(document);
        });

    Evidence evidence = source.evidence(DATA);

    assertThat(evidence).isEqualTo(new Evidence(TeeKind.NITRO, document));
    assertThat(requests)
        .containsExactly(
            Bytes.fromHex(
                "a1"
                    + text("Attestation")
                    + "a3"
                    + text("user_data")
                    + "5840"
                    + "07".repeat(64)
                    + text("nonce")
                    + "f6"
                    + text("public_key")
                    + "f6"));
  }

  private static String text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return "%02x%s".formatted(0x60 + bytes.length, Bytes.of(bytes).toHex());
  }

  static byte[] answer(Bytes document) {
    String head =
        "a1%sa1%s59%04x".formatted(text("Attestation"), text("document"), document.size());
    return Bytes.concat(Bytes.fromHex(head), document).copy();
  }

  @Test
  void passesOnWhyTheModuleRefuses() {
    byte[] error = Bytes.fromHex("a1" + text("Error") + text("InvalidArgument")).copy();

    assertUnavailable(request -> error, "the module refuses: InvalidArgument");
  }

  @Test
  void refusesAnAnswerThatIsCutAnywhere() {
    byte[] whole = answer(FakeTsm.bytes(5, 300));
    for (int size = 0; size < whole.length; size++) {
      byte[] cut = java.util.Arrays.copyOf(whole, size);
      assertUnavailable(request -> cut, "module");
    }
  }

  @Test
  void refusesAnAnswerOfAnotherShape() {
    for (String answer :
        new String[] {
          "f6",
          "a0",
          "a2",
          "a1" + text("DescribeNSM") + "a0",
          "a1" + text("Attestation") + "a1" + text("docs") + "40",
          "a1" + text("Attestation") + "a1" + text("document") + "60",
          "a1" + text("Attestation") + "a1" + text("document") + "5f",
          "a1" + text("Attestation") + "a1" + text("document") + "5bffffffffffffffff"
        }) {
      byte[] bytes = Bytes.fromHex(answer).copy();
      assertUnavailable(request -> bytes, "module");
    }
  }

  @Test
  void saysThatADocumentIsTooLarge() {
    byte[] large = answer(FakeTsm.bytes(5, Evidence.SIZE_MAX + 1));

    assertUnavailable(request -> large, "at most 16384");
  }

  /** The native calls work on any Linux, if not the module. */
  @Test
  void passesOnTheErrorsOfTheKernel() {
    assertThatThrownBy(() -> new LinuxNsm("/dev/absent").call(new byte[1]))
        .isInstanceOf(IOException.class)
        .hasMessage("/dev/absent: error 2");
    assertThatThrownBy(() -> new LinuxNsm("/dev/null").call(new byte[1]))
        .isInstanceOf(IOException.class)
        .hasMessage("/dev/null: error 25");
  }

  @Test
  void saysThatThereIsNoModule() {
    assertUnavailable(new LinuxNsm("/dev/absent"), "/dev/absent: error 2");
  }

  private static void assertUnavailable(NsmDevice device, String why) {
    assertThatThrownBy(() -> new NitroSource(device).evidence(DATA))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining(why);
  }

  @Test
  void readsLengthsOfEveryForm() {
    for (int size : new int[] {0, 1, 23}) {
      ByteBuffer answer = ByteBuffer.allocate(64);
      answer.put(Bytes.fromHex("a1" + text("Attestation") + "a1" + text("document")).copy());
      answer.put((byte) (0x40 | size)).put(new byte[size]);

      assertThat(NsmMessages.document(answer.array()).size()).isEqualTo(size);
    }
  }
}

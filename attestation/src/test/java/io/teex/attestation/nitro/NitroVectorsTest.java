package io.teex.attestation.nitro;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.attestation.testing.Json;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents of real enclaves, and what their enemies could make of them. */
final class NitroVectorsTest {
  private static final int SIGNATURE_SIZE = 96;

  static List<VectorCase> vectors() {
    return VectorCase.all("nitro");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void judgesGenuineDocuments(VectorCase vector) {
    Verdict verdict = appraise(vector, document(vector));

    // The vectors explain a code in brackets after it.
    List<String> expected =
        Json.list(vector.expected().get("reject_reasons")).stream()
            .map(reason -> String.valueOf(reason).replaceFirst(" .*", ""))
            .toList();
    assertThat(verdict.codes()).isEqualTo(expected);
    assertThat(verdict.accepted()).isEqualTo(vector.isAccepted());
    assertThat(verdict.claims().orElseThrow().tcbStatus()).isEqualTo(TcbStatus.UP_TO_DATE);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsEveryFieldOfGenuineDocuments(VectorCase vector) {
    Claims claims = appraise(vector, document(vector)).claims().orElseThrow();

    assertThat(claims.fields()).isEqualTo(vector.expected("fields"));
    assertThat(claims.kind()).isEqualTo(TeeKind.NITRO);
    assertThat(claims.platformId()).isEqualTo(Bytes.EMPTY);
    assertThat(claims.reportData().value()).isEqualTo(Bytes.of(new byte[64]));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void takesTheTagOfCose(VectorCase vector) {
    Bytes tagged = Bytes.concat(Bytes.of(new byte[] {(byte) 0xd2}), document(vector));
    Bytes otherwise = Bytes.concat(Bytes.of(new byte[] {(byte) 0xd1}), document(vector));

    assertThat(appraise(vector, tagged).accepted()).isEqualTo(vector.isAccepted());
    assertThat(appraise(vector, otherwise).reasons()).containsExactly(Reason.MALFORMED);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void judgesTheValidityOfTheCertificatesToTheSecond(VectorCase vector) {
    Instant start = instant(vector, "chain_valid_from");
    Instant end = instant(vector, "chain_valid_to");

    assertThat(reasonsAt(vector, start, end)).doesNotContain(Reason.CERTIFICATE_EXPIRED);
    assertThat(reasonsAt(vector, start.minusSeconds(1), end)).contains(Reason.CERTIFICATE_EXPIRED);
    assertThat(reasonsAt(vector, start, end.plusSeconds(1))).contains(Reason.CERTIFICATE_EXPIRED);
  }

  private static Instant instant(VectorCase vector, String key) {
    return Instant.parse(
        String.valueOf(vector.expected().get(key)).replace(' ', 'T').replace("+00:00", "Z"));
  }

  private static List<Reason> reasonsAt(VectorCase vector, Instant earliest, Instant latest) {
    return appraise(document(vector), new TimeInterval(earliest, latest)).reasons();
  }

  @Test
  void refusesADocumentWithAnyByteChanged() {
    VectorCase vector = VectorCase.of("nitro/dstack-nsm-2025");
    byte[] genuine = document(vector).copy();
    // Every place where CBOR or the signature lies, and here and there in what is signed.
    int dense = 300;
    int step = 1;
    for (int at = 0; at < genuine.length; at += step) {
      step = at < dense || at > genuine.length - dense ? 1 : 17;
      byte[] changed = genuine.clone();
      changed[at] ^= (byte) (1 << at % 8);

      List<Reason> reasons = appraise(vector, Bytes.of(changed)).reasons();

      if (at >= genuine.length - SIGNATURE_SIZE) {
        assertThat(reasons).as("byte %d", at).containsExactly(Reason.REPORT_SIGNATURE_INVALID);
      } else {
        assertThat(reasons)
            .as("byte %d", at)
            .containsAnyOf(Reason.MALFORMED, Reason.REPORT_SIGNATURE_INVALID);
      }
    }
  }

  @Test
  void refusesADocumentCutOffAnywhereOrWithBytesAdded() {
    VectorCase vector = VectorCase.of("nitro/dstack-nsm-2025");
    byte[] genuine = document(vector).copy();
    for (int size = 0; size < genuine.length + 20; size++) {
      if (size != genuine.length) {
        assertThat(appraise(vector, Bytes.of(Arrays.copyOf(genuine, size))).reasons())
            .as("%d bytes", size)
            .containsExactly(Reason.MALFORMED);
      }
    }
  }

  @Test
  void refusesTheSignatureOfAnotherDocument() {
    VectorCase vector = VectorCase.of("nitro/dstack-nsm-2025");
    byte[] mixed = document(vector).copy();
    byte[] other = document(VectorCase.of("nitro/dstack-debug-2025")).copy();
    System.arraycopy(
        other, other.length - SIGNATURE_SIZE, mixed, mixed.length - SIGNATURE_SIZE, SIGNATURE_SIZE);

    assertThat(appraise(vector, Bytes.of(mixed)).reasons())
        .containsExactly(Reason.REPORT_SIGNATURE_INVALID);
  }

  @Test
  void givesAVerdictOnAnyBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<VectorCase> vectors = vectors();
    for (int i = 0; i < 400; i++) {
      VectorCase vector = vectors.get(i % vectors.size());
      byte[] document = document(vector).copy();
      int from = random.nextInt(document.length);
      for (int at = from; at < Math.min(document.length, from + 1 + random.nextInt(8)); at++) {
        document[at] ^= (byte) (1 + random.nextInt(255));
      }
      if (i % 10 == 0) {
        random.nextBytes(document);
      }

      Verdict verdict = appraise(vector, Bytes.of(document));

      assertThat(verdict.accepted()).as("seed %d, round %d", seed, i).isFalse();
      assertThat(verdict.reasons()).isNotEmpty();
    }
  }

  private static Bytes document(VectorCase vector) {
    return vector.file("attestation.cbor");
  }

  private static Verdict appraise(VectorCase vector, Bytes document) {
    return appraise(document, vector.time());
  }

  private static Verdict appraise(Bytes document, TimeInterval time) {
    return new Verifier()
        .appraise(new Evidence(TeeKind.NITRO, document), Collateral.none(), time, Policy.strict());
  }
}

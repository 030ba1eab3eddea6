package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Genuine evidence that somebody changed, and collateral that belongs to another one. */
final class IntelForgeryTest {
  private static final long SEED = 20_260_302;

  private final Random random = new Random(SEED);

  /** One of each kind and version, and one with padding behind it; every signature holds. */
  static List<VectorCase> genuine() {
    return Stream.of(
            IntelVectors.SGX, IntelVectors.TDX, IntelVectors.TDX_PADDED, IntelVectors.TDX_V5)
        .map(VectorCase::of)
        .toList();
  }

  /** Everything that can be judged at all. */
  static List<VectorCase> judged() {
    return IntelVectors.all().stream()
        .filter(vector -> "valid".equals(IntelVectors.evaluation(vector).get("signatures")))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void refusesEveryPartOfAQuoteThatWasChanged(VectorCase vector) {
    Layout layout = Layout.of(vector);

    flips(vector, 8, 12, Set.of(Reason.QUOTE_SIGNATURE_INVALID));
    flips(vector, 12, 28, Set.of(Reason.MALFORMED));
    flips(vector, 28, 48, Set.of(Reason.QUOTE_SIGNATURE_INVALID));
    flips(vector, layout.body(), layout.signature() - 4, Set.of(Reason.QUOTE_SIGNATURE_INVALID));
    flips(vector, layout.signature(), layout.key(), Set.of(Reason.QUOTE_SIGNATURE_INVALID));
    flips(
        vector,
        layout.key(),
        layout.key() + 64,
        Set.of(Reason.QE_BINDING_INVALID, Reason.QUOTE_SIGNATURE_INVALID));
    flips(vector, layout.qeReport(), layout.qeReport() + 384, Set.of(Reason.QE_SIGNATURE_INVALID));
    flips(
        vector,
        layout.qeReport() + 384,
        layout.qeReport() + 448,
        Set.of(Reason.QE_SIGNATURE_INVALID));
    flips(vector, layout.authentication(), layout.chain() - 6, Set.of(Reason.QE_BINDING_INVALID));
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void refusesEveryChangeOfTheChainInAQuote(VectorCase vector) {
    Layout layout = Layout.of(vector);
    byte[] quote = vector.file("quote.bin").copy();
    int end = layout.chain() + layout.chainSize();
    while (quote[end - 1] == 0) {
      end--; // What is cut off says nothing.
    }

    for (int i = 0; i < 150; i++) {
      byte[] changed = quote.clone();
      int at = layout.chain() + random.nextInt(end - 1 - layout.chain());
      changed[at] ^= (byte) (1 << random.nextInt(8));

      assertThat(Set.of(Reason.CERTIFICATE_INVALID, Reason.UNTRUSTED_ROOT))
          .as("byte %d", at)
          .containsAnyElementsOf(appraise(vector, changed).reasons());
    }
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void refusesEveryPrefixOfAQuote(VectorCase vector) {
    Bytes quote = vector.file("quote.bin");
    Layout layout = Layout.of(vector);
    int end = layout.chain() + layout.chainSize();

    for (int size = 0; size < end; size++) {
      Verdict verdict =
          IntelVectors.appraise(
              new Evidence(IntelVectors.kind(vector), quote.slice(0, size)),
              Collateral.none(),
              IntelVectors.time(vector));

      assertThat(verdict.reasons()).as("%d bytes", size).containsExactly(Reason.MALFORMED);
      assertThat(verdict.claims()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void doesNotLookAtThePaddingBehindAQuote(VectorCase vector) {
    Layout layout = Layout.of(vector);
    byte[] quote = vector.file("quote.bin").copy();
    int end = layout.chain() + layout.chainSize();
    byte[] padded = new byte[Evidence.SIZE_MAX];
    random.nextBytes(padded);
    System.arraycopy(quote, 0, padded, 0, end);

    Object expected = IntelVectors.evaluation(vector).get("reject_reasons");
    assertThat(appraise(vector, padded).codes()).isEqualTo(expected);
    assertThat(appraise(vector, Arrays.copyOf(quote, end)).codes()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void refusesSignedDocumentsThatWereChanged(VectorCase vector) {
    for (String name :
        List.of(
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.QE_IDENTITY,
            CollateralName.QE_IDENTITY_SIGNATURE)) {
      for (int i = 0; i < 15; i++) {
        assertThat(withFlip(vector, name).reasons())
            .as(name)
            .containsExactly(Reason.COLLATERAL_SIGNATURE_INVALID);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void refusesRevocationListsAndChainsThatWereChanged(VectorCase vector) {
    Set<Reason> seen = new HashSet<>();
    for (String name : List.of(CollateralName.ROOT_CA_CRL, CollateralName.PCK_CRL)) {
      for (int i = 0; i < 25; i++) {
        Verdict verdict = withFlip(vector, name);
        assertThat(verdict.accepted()).as(name).isFalse();
        seen.addAll(verdict.reasons());
      }
    }
    assertThat(seen).contains(Reason.COLLATERAL_SIGNATURE_INVALID);
    for (String name :
        List.of(CollateralName.TCB_INFO_ISSUER_CHAIN, CollateralName.QE_IDENTITY_ISSUER_CHAIN)) {
      for (int i = 0; i < 25; i++) {
        assertThat(Set.of(Reason.CERTIFICATE_INVALID, Reason.UNTRUSTED_ROOT))
            .as(name)
            .containsAnyElementsOf(withFlip(vector, name).reasons());
      }
    }
  }

  @Test
  void refusesTheCollateralOfAnotherPlatform() {
    int pairs = 0;
    for (VectorCase one : judged()) {
      for (VectorCase other : judged()) {
        if (Objects.equals(fmspc(one), fmspc(other))) {
          continue;
        }
        Verdict verdict =
            IntelVectors.appraise(
                IntelVectors.evidence(one),
                IntelVectors.collateral(other),
                IntelVectors.time(other));

        assertThat(verdict.reasons()).contains(Reason.COLLATERAL_MISMATCH);
        pairs++;
      }
    }
    assertThat(pairs).isGreaterThan(50);
  }

  @Test
  void refusesTheQuotingEnclaveOfTheOtherKindOfTee() {
    VectorCase sgx = VectorCase.of(IntelVectors.SGX);
    VectorCase tdx = VectorCase.of(IntelVectors.TDX_PADDED);

    assertThat(withQeIdentityOf(sgx, tdx).reasons())
        .contains(Reason.COLLATERAL_MISMATCH, Reason.QE_IDENTITY_MISMATCH);
    assertThat(withQeIdentityOf(tdx, sgx).reasons())
        .contains(Reason.COLLATERAL_MISMATCH, Reason.QE_IDENTITY_MISMATCH);
  }

  @Test
  void refusesATcbInfoOfTheOtherKindOfTee() {
    VectorCase sgx = VectorCase.of(IntelVectors.SGX);
    Collateral collateral = IntelVectors.collateral(sgx);
    Collateral mixed = collateral;
    Collateral other = IntelVectors.collateral(VectorCase.of(IntelVectors.TDX));
    for (String name :
        List.of(
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.TCB_INFO_ISSUER_CHAIN)) {
      mixed = IntelVectors.with(mixed, name, other.find(name));
    }

    assertThat(
            IntelVectors.appraise(IntelVectors.evidence(sgx), mixed, IntelVectors.time(sgx))
                .reasons())
        .contains(Reason.COLLATERAL_MISMATCH);
  }

  @ParameterizedTest
  @MethodSource("judged")
  void judgesFromTheFirstSecondToTheLast(VectorCase vector) {
    Map<String, Object> evaluation = IntelVectors.evaluation(vector);
    Instant from = IntelVectors.time(evaluation, "valid_from");
    Instant to = IntelVectors.time(evaluation, "valid_to");

    Object expected = evaluation.get("reject_reasons");
    assertThat(at(vector, from).codes()).isEqualTo(expected);
    assertThat(at(vector, to).codes()).isEqualTo(expected);
    assertThat(at(vector, from.minusSeconds(1)).reasons())
        .containsExactly(Reason.COLLATERAL_NOT_YET_VALID);
    assertThat(at(vector, to.plusSeconds(1)).reasons()).containsExactly(Reason.COLLATERAL_EXPIRED);
  }

  @Test
  void judgesByTheEndOfTheTimeThatMakesItHarder() {
    VectorCase vector = VectorCase.of(IntelVectors.TDX);
    Map<String, Object> evaluation = IntelVectors.evaluation(vector);
    Instant from = IntelVectors.time(evaluation, "valid_from");
    Instant to = IntelVectors.time(evaluation, "valid_to");

    assertThat(at(vector, new TimeInterval(from, to)).accepted()).isTrue();
    assertThat(at(vector, new TimeInterval(from.minusSeconds(1), to.plusSeconds(1))).reasons())
        .containsExactlyInAnyOrder(Reason.COLLATERAL_NOT_YET_VALID, Reason.COLLATERAL_EXPIRED);
  }

  @Test
  void refusesAnExpiredPlatformCertificate() {
    VectorCase vector = VectorCase.of(IntelVectors.TDX);
    Instant end = Instant.parse(String.valueOf(vector.expected("pck").get("not_after")));

    assertThat(at(vector, end).reasons()).doesNotContain(Reason.CERTIFICATE_EXPIRED);
    assertThat(at(vector, end.plusSeconds(1)).reasons()).contains(Reason.CERTIFICATE_EXPIRED);
  }

  @Test
  void namesEachDocumentThatIsMissing() {
    VectorCase vector = VectorCase.of(IntelVectors.TDX);
    Map<String, Reason> missing = new HashMap<>();
    missing.put(CollateralName.ROOT_CA_CRL, Reason.CRL_MISSING);
    missing.put(CollateralName.PCK_CRL, Reason.CRL_MISSING);
    missing.put(CollateralName.TCB_INFO, Reason.COLLATERAL_MISSING);
    missing.put(CollateralName.TCB_INFO_SIGNATURE, Reason.COLLATERAL_MISSING);
    missing.put(CollateralName.TCB_INFO_ISSUER_CHAIN, Reason.COLLATERAL_MISSING);
    missing.put(CollateralName.QE_IDENTITY, Reason.COLLATERAL_MISSING);
    missing.put(CollateralName.QE_IDENTITY_SIGNATURE, Reason.COLLATERAL_MISSING);
    missing.put(CollateralName.QE_IDENTITY_ISSUER_CHAIN, Reason.COLLATERAL_MISSING);

    missing.forEach((name, reason) -> {
      Collateral without =
          IntelVectors.with(IntelVectors.collateral(vector), name, Optional.empty());
      assertThat(
              IntelVectors.appraise(
                      IntelVectors.evidence(vector), without, IntelVectors.time(vector))
                  .reasons())
          .as(name)
          .containsExactly(reason);
    });
    Verdict verdict =
        IntelVectors.appraise(
            IntelVectors.evidence(vector), Collateral.none(), IntelVectors.time(vector));
    assertThat(verdict.reasons()).containsExactly(Reason.CRL_MISSING, Reason.COLLATERAL_MISSING);
    assertThat(verdict.claims().orElseThrow().fields())
        .containsAllEntriesOf(vector.expected("fields"));
  }

  @Test
  void refusesAQuoteThatCallsItselfOfAnotherKind() {
    for (String name : List.of(IntelVectors.SGX, IntelVectors.TDX)) {
      VectorCase vector = VectorCase.of(name);
      TeeKind other = IntelVectors.kind(vector) == TeeKind.SGX ? TeeKind.TDX : TeeKind.SGX;

      Verdict verdict =
          IntelVectors.appraise(
              new Evidence(other, vector.file("quote.bin")),
              IntelVectors.collateral(vector),
              IntelVectors.time(vector));

      assertThat(verdict.reasons()).containsExactly(Reason.MALFORMED);
    }
  }

  @Test
  void refusesVersionsThatItDoesNotKnow() {
    VectorCase vector = VectorCase.of(IntelVectors.TDX);
    for (int version : new int[] {0, 1, 2, 6, 255}) {
      byte[] quote = vector.file("quote.bin").copy();
      quote[0] = (byte) version;

      assertThat(appraise(vector, quote).reasons()).containsExactly(Reason.UNSUPPORTED_VERSION);
    }
  }

  /** Any bytes get an answer, quickly, and nothing that was changed is accepted. */
  @Test
  void hasAnAnswerToEverything() {
    for (VectorCase vector : IntelVectors.all()) {
      byte[] genuine = vector.file("quote.bin").copy();
      int meaningful =
          genuine.length
              - Integer.parseInt(
                  String.valueOf(vector.expected().get("trailing_bytes_after_signature_data")));
      for (int round = 0; round < 60; round++) {
        byte[] changed = genuine.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
          // Half of it where the lengths and types are.
          int range = random.nextBoolean() ? meaningful : Math.min(meaningful, 1_300);
          changed[random.nextInt(range)] = (byte) random.nextInt(256);
        }
        Verdict verdict =
            IntelVectors.appraise(
                new Evidence(IntelVectors.kind(vector), Bytes.of(changed)),
                Collateral.none(),
                Instant.EPOCH);

        assertThat(verdict.accepted()).as("seed %d, %s, round %d", SEED, vector, round).isFalse();
        assertThat(verdict.checks()).as("seed %d", SEED).isNotEmpty();
      }
    }
    for (int round = 0; round < 1_000; round++) {
      byte[] noise = new byte[random.nextInt(2_000)];
      random.nextBytes(noise);
      if (noise.length > 28) {
        byte[] header = VectorCase.of(IntelVectors.TDX).file("quote.bin").slice(0, 28).copy();
        System.arraycopy(header, 0, noise, 0, 28);
        noise[0] = (byte) (3 + random.nextInt(3));
      }

      assertThat(
              IntelVectors.appraise(
                      new Evidence(TeeKind.TDX, Bytes.of(noise)), Collateral.none(), Instant.EPOCH)
                  .accepted())
          .as("seed %d, round %d", SEED, round)
          .isFalse();
    }
  }

  private static @Nullable Object fmspc(VectorCase vector) {
    return vector.expected("pck").get("fmspc");
  }

  private void flips(VectorCase vector, int from, int to, Set<Reason> expected) {
    byte[] quote = vector.file("quote.bin").copy();
    for (int i = 0; i < 12; i++) {
      byte[] changed = quote.clone();
      int at = i == 0 ? from : i == 1 ? to - 1 : from + random.nextInt(to - from);
      changed[at] ^= (byte) (1 << random.nextInt(8));

      assertThat(appraise(vector, changed).reasons())
          .as("seed %d, byte %d", SEED, at)
          .containsAll(expected);
    }
  }

  private Verdict withFlip(VectorCase vector, String name) {
    Collateral collateral = IntelVectors.collateral(vector);
    byte[] document = collateral.find(name).orElseThrow().copy();
    document[random.nextInt(document.length - 1)] ^= (byte) (1 << random.nextInt(8));
    return IntelVectors.appraise(
        IntelVectors.evidence(vector),
        IntelVectors.with(collateral, name, Optional.of(Bytes.of(document))),
        IntelVectors.time(vector));
  }

  private static Verdict withQeIdentityOf(VectorCase vector, VectorCase other) {
    Collateral mixed = IntelVectors.collateral(vector);
    for (String name :
        List.of(
            CollateralName.QE_IDENTITY,
            CollateralName.QE_IDENTITY_SIGNATURE,
            CollateralName.QE_IDENTITY_ISSUER_CHAIN)) {
      mixed = IntelVectors.with(mixed, name, IntelVectors.collateral(other).find(name));
    }
    return IntelVectors.appraise(IntelVectors.evidence(vector), mixed, IntelVectors.time(vector));
  }

  private static Verdict appraise(VectorCase vector, byte[] quote) {
    return IntelVectors.appraise(
        new Evidence(IntelVectors.kind(vector), Bytes.of(quote)),
        IntelVectors.collateral(vector),
        IntelVectors.time(vector));
  }

  private static Verdict at(VectorCase vector, Instant time) {
    return at(vector, TimeInterval.at(time));
  }

  private static Verdict at(VectorCase vector, TimeInterval time) {
    return IntelVectors.appraise(
        IntelVectors.evidence(vector), IntelVectors.collateral(vector), time, Policy.strict());
  }

  /** Where the parts of a quote begin, counted here once more. */
  private record Layout(
      int body,
      int signature,
      int key,
      int qeReport,
      int authentication,
      int chain,
      int chainSize) {
    static Layout of(VectorCase vector) {
      Bytes quote = vector.file("quote.bin");
      int version = quote.at(0);
      boolean sgx = IntelVectors.kind(vector) == TeeKind.SGX;
      int body = version == 5 ? 54 : 48;
      int bodySize = version == 5 ? u16(quote, 50) : sgx ? 384 : 584;
      int signature = body + bodySize + 4;
      int key = signature + 64;
      int qeReport = key + 64 + (version == 3 ? 0 : 6);
      int authentication = qeReport + 384 + 64 + 2;
      int chain = authentication + u16(quote, authentication - 2) + 6;
      Layout layout =
          new Layout(body, signature, key, qeReport, authentication, chain, u16(quote, chain - 4));
      String begin = "-----BEGIN CERTIFICATE-----";
      assertThat(
              new String(
                  quote.slice(chain, chain + begin.length()).copy(), StandardCharsets.US_ASCII))
          .isEqualTo(begin);
      return layout;
    }

    private static int u16(Bytes bytes, int at) {
      return (bytes.at(at) & 0xff) | (bytes.at(at + 1) & 0xff) << 8;
    }
  }
}

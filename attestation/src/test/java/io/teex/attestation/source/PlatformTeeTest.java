package io.teex.attestation.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Digests;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.attestation.SealedFile;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process makes of genuine evidence about itself, and what it can keep. */
final class PlatformTeeTest {
  private static final Bytes NO_REPORT_DATA = Bytes.of(new byte[ReportData.SIZE]);
  private static final String MRENCLAVE_KEY = "keys/_sgx_mrenclave";

  @TempDir Path directory;
  private final List<Bytes> keyRequests = new ArrayList<>();
  private Bytes keyResponse = response(0, 7);

  // ---- platforms that say what genuine ones said

  private static PlatformTee sgx(VectorCase vector, Bytes key) {
    FakeFiles files =
        new FakeFiles()
            .with("attestation_type", ascii("dcap"))
            .with("user_report_data", NO_REPORT_DATA)
            .with("quote", vector.file("quote.bin"))
            .with(MRENCLAVE_KEY, key);
    return open(new GramineSource(files), vector);
  }

  private static VectorCase sgxVector() {
    return VectorCase.of("sgx/teepot-sgx-00606a000000");
  }

  private PlatformTee guest(TsmProvider provider, VectorCase vector, FakeTsm kernel, Bytes log) {
    kernel.provider = provider.label();
    FakeFiles tables = new FakeFiles();
    if (!log.isEmpty()) {
      tables.with("CCEL", log);
    }
    return open(
        new TsmSource(
            kernel,
            new GuestEventLog(tables),
            request -> {
              keyRequests.add(Bytes.of(request));
              return keyResponse.copy();
            },
            provider,
            OptionalInt.empty(),
            new Random(),
            pause -> {}),
        vector);
  }

  private PlatformTee tdx(VectorCase vector, Bytes log) {
    FakeTsm kernel = new FakeTsm();
    kernel.genuine = vector.file("quote.bin");
    return guest(TsmProvider.TDX_GUEST, vector, kernel, log);
  }

  private static VectorCase tdxVector() {
    return VectorCase.of("tdx/gcp-cos113-ccel-00806f050000");
  }

  private PlatformTee snp(VectorCase vector) {
    return snp(vector, vector.file("vek.der"));
  }

  private PlatformTee snp(VectorCase vector, Bytes vek) {
    FakeTsm kernel = new FakeTsm();
    kernel.genuine = vector.file("report.bin");
    boolean isVlek = Objects.equals(vector.expected("endorsement").get("type"), "VLEK");
    kernel.auxblob =
        CertificateTableTest.table(
            Map.of(
                isVlek ? CertificateTableTest.VLEK : CertificateTableTest.VCEK,
                vek.copy(),
                isVlek ? CertificateTableTest.VCEK : CertificateTableTest.VLEK,
                new byte[] {1}));
    return guest(TsmProvider.SEV_GUEST, vector, kernel, Bytes.EMPTY);
  }

  private static PlatformTee nitro() {
    Bytes document = VectorCase.of("nitro/dstack-nsm-2025").file("attestation.cbor");
    // These documents carry no report data, which reads as zeros.
    return PlatformTee.open(
        new NitroSource(request -> NitroSourceTest.answer(document)), asking(NO_REPORT_DATA));
  }

  private static PlatformTee open(PlatformSource source, VectorCase vector) {
    return PlatformTee.open(source, asking(reportData(vector)));
  }

  private static Bytes reportData(VectorCase vector) {
    return hex(vector, "report_data");
  }

  /** Randomness that happens to be what the evidence was asked for. */
  private static RandomGenerator asking(Bytes reportData) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public void nextBytes(byte[] bytes) {
        System.arraycopy(reportData.copy(), 0, bytes, 0, bytes.length);
      }
    };
  }

  private static Bytes hex(VectorCase vector, String field) {
    return Bytes.fromHex(String.valueOf(vector.expected("fields").get(field)));
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** As the firmware answers: status, 28 reserved bytes, the key. */
  private static Bytes response(int status, int key) {
    byte[] response = new byte[64];
    response[0] = (byte) status;
    Arrays.fill(response, 32, 64, (byte) key);
    return Bytes.of(response);
  }

  // ---- who it is

  @Test
  void anEnclaveIsItsMrenclaveOnThePlatformOfItsPckCertificate() {
    VectorCase vector = sgxVector();

    PlatformTee tee = sgx(vector, FakeTsm.bytes(1, 16));

    assertThat(tee.kind()).isEqualTo(TeeKind.SGX);
    assertThat(tee.measurement().value())
        .isEqualTo(Bytes.concat(hex(vector, "mrenclave"), Bytes.of(new byte[16])));
    assertThat(tee.platformId())
        .isEqualTo(Bytes.fromHex(String.valueOf(vector.expected("pck").get("ppid"))));
  }

  @Test
  void aTrustDomainIsAllItsRegisters() {
    VectorCase vector = tdxVector();

    PlatformTee tee = tdx(vector, Bytes.EMPTY);

    byte[] registers =
        Bytes.concat(
                hex(vector, "mrtd"),
                hex(vector, "rtmr0"),
                hex(vector, "rtmr1"),
                hex(vector, "rtmr2"),
                hex(vector, "rtmr3"))
            .copy();
    assertThat(tee.measurement()).isEqualTo(Measurement.of(Digests.sha384().digest(registers)));
    assertThat(tee.platformId().isEmpty()).isFalse();
  }

  @Test
  void anSnpGuestIsItsMeasurementOnItsChip() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");

    PlatformTee tee = snp(vector);

    assertThat(tee.measurement().value()).isEqualTo(hex(vector, "measurement"));
    assertThat(tee.platformId()).isEqualTo(hex(vector, "chip_id"));
  }

  @Test
  void aGuestBehindAProvidersKeyIsOnNoMachine() {
    assertThat(snp(VectorCase.of("snp/milan-v3-vlek-aws")).platformId()).isEqualTo(Bytes.EMPTY);
    assertThat(nitro().platformId()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void evidenceOverSomethingElseIsNotAboutThisProcess() {
    FakeFiles files =
        new FakeFiles()
            .with("attestation_type", ascii("dcap"))
            .with("user_report_data", NO_REPORT_DATA)
            .with("quote", sgxVector().file("quote.bin"));

    refused(
        ErrorCode.UNAVAILABLE,
        "report data",
        () -> PlatformTee.open(new GramineSource(files), new Random()));
  }

  @Test
  void evidenceThatNobodyCanReadStopsTheStart() {
    FakeTsm kernel = new FakeTsm();
    Bytes asked = FakeTsm.bytes(7, ReportData.SIZE);

    refused(
        ErrorCode.UNAVAILABLE,
        "cannot be read",
        () ->
            PlatformTee.open(
                new TsmSource(
                    kernel,
                    new GuestEventLog(new FakeFiles()),
                    request -> request,
                    TsmProvider.TDX_GUEST,
                    OptionalInt.empty(),
                    new Random(),
                    pause -> {}),
                asking(asked)));
  }

  // ---- what comes along

  @Test
  void theCertificateOfAGuestsKeyComesAlongAndIsEnoughToJudgeIt() {
    VectorCase vector = VectorCase.of("snp/milan-v3-vlek-aws");

    Endorsed endorsed = snp(vector).endorsed(new ReportData(reportData(vector)));

    Verdict verdict =
        new Verifier()
            .appraise(
                endorsed.evidence(),
                endorsed.collateral().alongside(),
                vector.time(),
                Policy.strict());
    assertThat(verdict.accepted()).isEqualTo(vector.isAccepted());
  }

  @Test
  void aCertificateThatTheHostForgotToRenewStaysAtHome() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");
    ReportData asked = new ReportData(reportData(vector));
    Bytes ofAnotherChip = VectorCase.of("snp/milan-v2-trustee").file("vek.der");

    assertThat(snp(vector).endorsed(asked).collateral().find(CollateralName.VEK)).isPresent();

    assertThat(snp(vector, ofAnotherChip).endorsed(asked).collateral())
        .isEqualTo(Collateral.none());
    assertThat(snp(vector, ascii("rubbish")).endorsed(asked).collateral())
        .isEqualTo(Collateral.none());
  }

  @Test
  void anEventLogThatExplainsTheQuoteComesAlongWithoutItsPadding() {
    VectorCase vector = tdxVector();
    Bytes area = vector.file("ccel.bin");
    PlatformTee tee = tdx(vector, area);

    Collateral along = tee.endorsed(new ReportData(reportData(vector))).collateral();

    Bytes log = along.find(CollateralName.EVENT_LOG).orElseThrow();
    assertThat(log.size()).isLessThan(Collateral.ALONGSIDE_SIZE_MAX);
    assertThat(area.slice(0, log.size())).isEqualTo(log);
    assertThat(tdx(vector, log).endorsed(new ReportData(reportData(vector))).collateral())
        .isEqualTo(along);
  }

  @Test
  void anEventLogThatExplainsNothingStaysAtHome() {
    VectorCase vector = tdxVector();
    byte[] log = vector.file("ccel.bin").copy();
    log[200] ^= 1;

    PlatformTee tee = tdx(vector, Bytes.of(log));
    PlatformTee other = tdx(vector, ascii("rubbish"));

    ReportData asked = new ReportData(reportData(vector));
    assertThat(tee.endorsed(asked).collateral()).isEqualTo(Collateral.none());
    assertThat(other.endorsed(asked).collateral()).isEqualTo(Collateral.none());
  }

  // ---- what it can keep

  @Test
  void anEnclaveFindsItsSealedFileAgain() {
    Path file = directory.resolve("sealed");
    SecureRandom random = new SecureRandom();
    SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});
    new SealedFile(file, sgx(sgxVector(), FakeTsm.bytes(1, 16)), "x", random).write(secret);

    SecretBytes again =
        new SealedFile(file, sgx(sgxVector(), FakeTsm.bytes(1, 16)), "x", random)
            .read()
            .orElseThrow();

    assertThat(again.expose()).containsExactly(1, 2, 3);
    refused(
        ErrorCode.STORE_CORRUPT,
        "another platform",
        () -> new SealedFile(file, sgx(sgxVector(), FakeTsm.bytes(2, 16)), "x", random).read());
  }

  @Test
  void keysOfOtherUsesAreOthers() {
    PlatformTee tee = sgx(sgxVector(), FakeTsm.bytes(1, 16));

    byte[] key = tee.sealingKey("one").expose();

    assertThat(key).hasSize(32).isEqualTo(tee.sealingKey("one").expose());
    assertThat(key).isNotEqualTo(tee.sealingKey("two").expose());
  }

  @Test
  void whatIsNoKeyOfGraminesIsNotUsed() {
    VectorCase vector = sgxVector();
    for (Bytes key :
        List.of(Bytes.of(new byte[16]), FakeTsm.bytes(1, 15), FakeTsm.bytes(1, 17), Bytes.EMPTY)) {
      refused(
          ErrorCode.SEALING_UNAVAILABLE,
          "_sgx_mrenclave is no key",
          () -> sgx(vector, key).sealingKey("x"));
    }
  }

  @Test
  void anSnpGuestAsksOnceForAKeyOfItsMeasurementPolicyAndPrivilegeLevel() {
    PlatformTee tee = snp(VectorCase.of("snp/milan-v3-vlek-aws"));

    byte[] key = tee.sealingKey("x").expose();

    assertThat(key).isEqualTo(tee.sealingKey("x").expose());
    assertThat(keyRequests)
        .containsExactly(
            // VCEK, reserved; policy and measurement; VMPL 1, no guest SVN; no TCB.
            Bytes.fromHex(
                "0000000000000000" + "0900000000000000" + "0100000000000000" + "00".repeat(8)));
  }

  @Test
  void anotherKeyOfTheChipGivesAnotherSealingKey() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");
    byte[] key = snp(vector).sealingKey("x").expose();

    keyResponse = response(0, 8);

    assertThat(snp(vector).sealingKey("x").expose()).isNotEqualTo(key);
  }

  @Test
  void aKeyThatTheFirmwareDidNotDeriveIsNotUsed() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");

    keyResponse = response(0x16, 7);
    refused(ErrorCode.SEALING_UNAVAILABLE, "status 0x16", () -> snp(vector).sealingKey("x"));

    keyResponse = response(0, 0);
    refused(ErrorCode.SEALING_UNAVAILABLE, "zeros", () -> snp(vector).sealingKey("x"));

    keyResponse = FakeTsm.bytes(0, 63);
    refused(ErrorCode.SEALING_UNAVAILABLE, "63 bytes", () -> snp(vector).sealingKey("x"));
  }

  @Test
  void trustDomainsAndNitroEnclavesKeepNothing() {
    PlatformTee tdx = tdx(tdxVector(), Bytes.EMPTY);
    PlatformTee nitro = nitro();

    refused(
        ErrorCode.SEALING_UNAVAILABLE,
        "TDX gives a process no sealing key",
        () -> tdx.sealingKey("x"));
    refused(
        ErrorCode.SEALING_UNAVAILABLE,
        "NITRO gives a process no sealing key",
        () -> nitro.sealingKey("x"));
  }

  @Test
  void anOrdinaryFileIsNoSecureProcessor() throws IOException {
    Path file = Files.createFile(directory.resolve("sev-guest"));

    assertThatThrownBy(() -> new LinuxSevGuest(file.toString()).derivedKey(new byte[32]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("error 25");
    assertThatThrownBy(() -> new LinuxSevGuest(file + "-absent").derivedKey(new byte[32]))
        .hasMessageContaining("error 2");
  }

  @Test
  void namesWhatItIsAndNoSecret() {
    PlatformTee tee = sgx(sgxVector(), FakeTsm.bytes(0x5a, 16));
    tee.sealingKey("x").close();

    assertThat(tee).asString().contains("Gramine").doesNotContain("5a5a5a5a");
  }

  private static void refused(ErrorCode code, String why, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(why);
  }
}

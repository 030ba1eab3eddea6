package io.teex.attestation.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TsmSourceTest {
  private static final ReportData DATA = new ReportData(FakeTsm.bytes(7, ReportData.SIZE));

  private static final GuestEventLog NO_LOG = new GuestEventLog(new FakeFiles());
  private static final SevGuestDevice NO_KEYS =
      request -> {
        throw new IOException("no such device");
      };

  private final FakeTsm kernel = new FakeTsm();
  private final List<Duration> pauses = new ArrayList<>();

  private TsmSource source(TsmProvider provider) {
    return source(provider, OptionalInt.empty());
  }

  private TsmSource source(TsmProvider provider, OptionalInt privilegeLevel) {
    return new TsmSource(
        kernel, NO_LOG, NO_KEYS, provider, privilegeLevel, new Random(), pauses::add);
  }

  @Test
  void getsATdxQuoteAndLeavesNothingBehind() {
    TsmSource source = source(TsmProvider.TDX_GUEST);

    Evidence evidence = source.evidence(DATA);

    assertThat(source.kind()).isEqualTo(TeeKind.TDX);
    assertThat(source.name()).isEqualTo("configfs-tsm (tdx_guest)");
    assertThat(evidence.kind()).isEqualTo(TeeKind.TDX);
    assertThat(evidence.bytes().slice(568, 632)).isEqualTo(DATA.value());
    assertThat(kernel.left()).isZero();
    assertThat(pauses).isEmpty();
  }

  @Test
  void getsAnSnpReportWithTheCertificatesOfTheHost() {
    kernel.provider = "sev_guest";
    kernel.auxblob =
        CertificateTableTest.table(Map.of(CertificateTableTest.VCEK, new byte[] {1, 2, 3}));

    Endorsed endorsed = source(TsmProvider.SEV_GUEST).endorsed(DATA);

    assertThat(endorsed.evidence().kind()).isEqualTo(TeeKind.SNP);
    assertThat(endorsed.evidence().bytes().slice(0x50, 0x90)).isEqualTo(DATA.value());
    assertThat(endorsed.collateral().documents())
        .isEqualTo(Map.of(CollateralName.VEK, Bytes.of((byte) 1, (byte) 2, (byte) 3)));
    assertThat(kernel.privilegeLevels).isEmpty();
  }

  @Test
  void getsAnSnpReportThoughTheHostsCertificatesAreNonsense() {
    kernel.provider = "sev_guest";
    kernel.auxblob = new byte[] {1, 2, 3};

    assertThat(source(TsmProvider.SEV_GUEST).endorsed(DATA).collateral().documents()).isEmpty();
  }

  @Test
  void asksForAPrivilegeLevel() {
    kernel.provider = "sev_guest";

    source(TsmProvider.SEV_GUEST, OptionalInt.of(2)).evidence(DATA);

    assertThat(kernel.privilegeLevels).containsExactly("2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Device or resource busy",
        "Resource temporarily unavailable",
        "Interrupted system call"
      })
  void triesAgainWhileThePlatformIsBusy(String error) {
    kernel.failing(error, error, error);

    Evidence evidence = source(TsmProvider.TDX_GUEST).evidence(DATA);

    assertThat(evidence.bytes().slice(568, 632)).isEqualTo(DATA.value());
    assertThat(kernel.made()).hasSize(4).doesNotHaveDuplicates();
    assertThat(kernel.left()).isZero();
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(200));
  }

  @Test
  void givesUpOnAPlatformThatStaysBusy() {
    String busy = "Resource temporarily unavailable";
    kernel.failing(busy, busy, busy, busy, busy, busy, busy);

    assertUnavailable(
        TsmProvider.TDX_GUEST, "busy: outblob: Resource temporarily unavailable, 6 times");
    assertThat(kernel.made()).hasSize(6);
  }

  @Test
  void saysThatTheEvidenceIsTooLargeAndDoesNotTryAgain() {
    kernel.failing("File too large");

    assertUnavailable(TsmProvider.TDX_GUEST, "larger than the kernel takes (EFBIG)");
    assertThat(kernel.made()).hasSize(1);
  }

  @Test
  void refusesEvidenceThatNoVerifierWouldTake() {
    kernel.evidenceSize = Evidence.SIZE_MAX + 1;

    assertUnavailable(TsmProvider.TDX_GUEST, "more than 16384 bytes");
  }

  @Test
  void reportsAnyOtherError() {
    kernel.failing("Input/output error");

    assertUnavailable(TsmProvider.TDX_GUEST, "Input/output error");
    assertThat(kernel.made()).hasSize(1);
  }

  @Test
  void refusesAnotherProvider() {
    kernel.provider = "arm_cca_guest";

    assertUnavailable(TsmProvider.TDX_GUEST, "provider is now arm_cca_guest, not tdx_guest");
  }

  @Test
  void triesAgainWhenSomebodyElseWroteBetween() {
    byte[] others = FakeTsm.bytes(9, ReportData.SIZE).copy();
    kernel.meanwhile =
        () -> {
          if (kernel.made().size() == 1) {
            kernel.writeToAll(others);
          }
        };

    Evidence evidence = source(TsmProvider.TDX_GUEST).evidence(DATA);

    assertThat(evidence.bytes().slice(568, 632)).isEqualTo(DATA.value());
    assertThat(kernel.made()).hasSize(2);
  }

  @Test
  void neverTakesEvidenceAfterSomebodyElseWrote() {
    // The very same report data, so that nothing but the count of writes tells.
    kernel.meanwhile = () -> kernel.writeToAll(DATA.value().copy());

    assertUnavailable(TsmProvider.TDX_GUEST, "counts 2 writes instead of 1");
  }

  @Test
  void noticesThatTheKernelDidNotTakeTheReportData() {
    kernel.refusesReportData = true;
    kernel.meanwhile = () -> kernel.writeToAll(FakeTsm.bytes(9, ReportData.SIZE).copy());

    assertUnavailable(TsmProvider.TDX_GUEST, "does not carry the report data");
  }

  @Test
  void twoRequestsAtOnceGetEachItsOwn() throws Exception {
    kernel.provider = "sev_guest";
    CyclicBarrier bothWrote = new CyclicBarrier(2);
    kernel.meanwhile =
        () -> {
          try {
            bothWrote.await();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    TsmSource source = source(TsmProvider.SEV_GUEST);

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Bytes>> requests = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ReportData data = new ReportData(FakeTsm.bytes(i, ReportData.SIZE));
        requests.add(() -> source.evidence(data).bytes().slice(0x50, 0x90));
      }
      List<Future<Bytes>> answers = threads.invokeAll(requests);

      for (int i = 0; i < 2; i++) {
        assertThat(answers.get(i).get()).isEqualTo(FakeTsm.bytes(i, ReportData.SIZE));
      }
    }
    assertThat(kernel.left()).isZero();
  }

  @Test
  void stopsWaitingWhenItIsInterrupted() {
    kernel.failing("Device or resource busy");
    TsmSource source =
        new TsmSource(
            kernel,
            NO_LOG,
            NO_KEYS,
            TsmProvider.TDX_GUEST,
            OptionalInt.empty(),
            new Random(),
            duration -> {
              throw new InterruptedException();
            });

    assertThatThrownBy(() -> source.evidence(DATA)).hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private void assertUnavailable(TsmProvider provider, String why) {
    TsmSource source = source(provider);

    assertThatThrownBy(() -> source.evidence(DATA))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining(why);
    assertThat(kernel.left()).isZero();
  }
}

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
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class GramineSourceTest {
  private static final ReportData DATA = new ReportData(FakeTsm.bytes(7, ReportData.SIZE));

  /** Behaves as {@code /dev/attestation} does: one report data for the whole process. */
  private static final class FakeGramine implements KernelFiles {
    private volatile byte[] reportData = new byte[ReportData.SIZE];
    private volatile String type = "dcap";
    private volatile int size = 1_000;
    private volatile boolean deaf;

    /** Whether the report data was written and the quote not yet read. */
    private final AtomicBoolean between = new AtomicBoolean();

    @Override
    public boolean isDirectory(String path) {
      return path.isEmpty();
    }

    @Override
    public void makeDirectory(String path) throws IOException {
      throw new IOException("read-only");
    }

    @Override
    public void removeDirectory(String path) throws IOException {
      throw new IOException("read-only");
    }

    @Override
    public void write(String path, byte[] value) throws IOException {
      if (!path.equals("user_report_data")) {
        throw new NoSuchFileException(path);
      }
      if (between.getAndSet(true)) {
        throw new IOException("two callers wrote before one of them read");
      }
      if (!deaf) {
        reportData = value.clone();
      }
    }

    @Override
    public byte[] read(String path, int sizeMax) throws IOException {
      return switch (path) {
        case "attestation_type" -> type.getBytes(StandardCharsets.US_ASCII);
        case "quote" -> {
          byte[] quote = new byte[size];
          between.set(false);
          quote[0] = 3;
          System.arraycopy(reportData, 0, quote, 48 + 320, ReportData.SIZE);
          yield Arrays.copyOf(quote, Math.min(quote.length, sizeMax + 1));
        }
        default -> throw new NoSuchFileException(path);
      };
    }
  }

  private final FakeGramine gramine = new FakeGramine();
  private final GramineSource source = new GramineSource(gramine);

  @Test
  void getsAQuoteOverTheReportData() {
    Evidence quote = source.evidence(DATA);

    assertThat(quote.kind()).isEqualTo(TeeKind.SGX).isEqualTo(source.kind());
    assertThat(quote.bytes().slice(368, 432)).isEqualTo(DATA.value());
  }

  @Test
  void everyCallerGetsItsOwnQuote() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Bytes>> requests = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        ReportData data = new ReportData(FakeTsm.bytes(i, ReportData.SIZE));
        // Several sources, as the files are of the process and not of a source.
        GramineSource another = new GramineSource(gramine);
        requests.add(() -> another.evidence(data).bytes().slice(368, 432));
      }
      List<Future<Bytes>> quotes = threads.invokeAll(requests);

      for (int i = 0; i < 100; i++) {
        assertThat(quotes.get(i).get()).isEqualTo(FakeTsm.bytes(i, ReportData.SIZE));
      }
    }
  }

  @Test
  void saysWhatToSetWhenRemoteAttestationIsOff() {
    gramine.type = "none\n";

    assertUnavailable("attestation_type is none: set sgx.remote_attestation");
  }

  @Test
  void refusesAQuoteOverAnotherReportData() {
    gramine.deaf = true;

    assertUnavailable("does not carry the report data");
  }

  @Test
  void refusesAQuoteOfAnySizeButAQuotes() {
    gramine.size = Evidence.SIZE_MAX + 1;
    assertUnavailable("more than 16384 bytes");
  }

  private void assertUnavailable(String why) {
    assertThatThrownBy(() -> source.evidence(DATA))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining(why);
  }
}

package io.teex.attestation.source;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * SGX quotes from Gramine. The report data and the quote are two files that the whole process
 * shares, so one lock lies around the pair.
 *
 * @see <a href="https://gramine.readthedocs.io/en/stable/attestation.html">Gramine, low-level
 *     attestation interface</a>
 */
final class GramineSource implements PlatformSource {
  /** Of the process, as the files are. */
  private static final ReentrantLock PAIR = new ReentrantLock();

  private final KernelFiles files;

  /**
   * @param files below {@code /dev/attestation}
   */
  GramineSource(KernelFiles files) {
    this.files = files;
  }

  @Override
  public TeeKind kind() {
    return TeeKind.SGX;
  }

  @Override
  public String name() {
    return "Gramine (dcap)";
  }

  @Override
  public Endorsed endorsed(ReportData reportData) {
    Bytes quote;
    PAIR.lock();
    try {
      String type = TsmSource.text(files, "attestation_type");
      if (!type.equals("dcap")) {
        throw unavailable(
            "attestation_type is %s: set sgx.remote_attestation = \"dcap\"".formatted(type));
      }
      files.write("user_report_data", reportData.value().copy());
      quote = Bytes.of(files.read("quote", Evidence.SIZE_MAX));
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "no evidence from %s: %s".formatted(name(), e), e);
    } finally {
      PAIR.unlock();
    }
    if (quote.size() > Evidence.SIZE_MAX) {
      throw unavailable("a quote of more than %d bytes".formatted(Evidence.SIZE_MAX));
    }
    if (!ReportDataField.of(TeeKind.SGX, quote).equals(reportData.value())) {
      throw unavailable("the quote does not carry the report data that was asked for");
    }
    return Endorsed.bare(new Evidence(TeeKind.SGX, quote));
  }

  @Override
  public Optional<SealingSecret> sealing() {
    return Optional.of(new GramineSealingSecret(files));
  }

  private TeexException unavailable(String what) {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "no evidence from %s: %s".formatted(name(), what));
  }
}

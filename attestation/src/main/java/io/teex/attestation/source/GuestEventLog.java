package io.teex.attestation.source;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.Digests;
import io.teex.attestation.eventlog.EventLog;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * What the firmware and the boot loader of a trust domain wrote about what they measured: the ACPI
 * table CCEL's area. It goes along with a quote only if it explains it: something that runs later
 * may measure without a log, and evidence with a log that does not replay is refused.
 */
final class GuestEventLog {
  private static final System.Logger LOG = System.getLogger(GuestEventLog.class.getName());
  private static final String CCEL = "CCEL";
  private static final int REGISTERS = 4;

  private final KernelFiles files;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * @param files below {@code /sys/firmware/acpi/tables/data}
   */
  GuestEventLog(KernelFiles files) {
    this.files = files;
  }

  /** The log without what lies behind its last record, if it leads to the quote's registers. */
  Optional<Bytes> explaining(Bytes quote) {
    Bytes log;
    try {
      log = Bytes.of(files.read(CCEL, Collateral.EVENT_LOG_SIZE_MAX));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no event log: {0}", e.toString());
      return Optional.empty();
    }
    Checks checks = new Checks();
    EventLog.verify(log, registers(quote), checks);
    if (!checks.answers().stream().allMatch(Check::passed)) {
      if (!told.getAndSet(true)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the event log of this guest does not go along with its evidence: {0}",
            checks.answers());
      }
      return Optional.empty();
    }
    return Optional.of(EventLog.records(log));
  }

  private static List<Bytes> registers(Bytes quote) {
    int first = ReportDataField.rtmrs(quote);
    return IntStream.range(0, REGISTERS)
        .map(i -> first + i * Digests.SHA384_SIZE)
        .mapToObj(at -> quote.slice(at, at + Digests.SHA384_SIZE))
        .toList();
  }
}

package io.teex.worker;

import io.teex.protocol.Domain;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * This worker's node certificate, renewed before it ends. Receipts written after a renewal name the
 * new one, which the dispatchers learn with the next heartbeat; a receipt in between is refused and
 * its task given to another attempt.
 */
final class Standing implements Supplier<WorkerFacts> {
  private final Supplier<Signed<NodeCertificate>> enrol;
  private final Domain domain;
  private final WorkerFacts.Execution execution;
  private final InstantSource clock;
  private final WorkerLog log;
  private volatile WorkerFacts facts;
  private Instant renewal;

  /**
   * Enrols.
   *
   * @param enrol asks the manager for a certificate
   */
  Standing(
      Supplier<Signed<NodeCertificate>> enrol,
      Domain domain,
      WorkerFacts.Execution execution,
      InstantSource clock,
      WorkerLog log) {
    this.enrol = enrol;
    this.domain = domain;
    this.execution = execution;
    this.clock = clock;
    this.log = log;
    this.facts = enrolled();
    this.renewal = nextRenewal();
  }

  @Override
  public WorkerFacts get() {
    return facts;
  }

  /** Renews the certificate once half of its life is over; a failure is tried again next time. */
  synchronized void renewIfDue() {
    if (clock.instant().isBefore(renewal)) {
      return;
    }
    try {
      facts = enrolled();
      renewal = nextRenewal();
    } catch (TeexException e) {
      log.renewalFailed(e);
    }
  }

  private WorkerFacts enrolled() {
    WorkerFacts made = WorkerFacts.of(domain, enrol.get(), execution);
    log.enrolled(
        made.address(), made.certificate().signer(domain), made.certificate().value().notAfter());
    return made;
  }

  private Instant nextRenewal() {
    Instant now = clock.instant();
    Instant end = Instant.ofEpochSecond(facts.certificate().value().notAfter());
    return now.plus(Duration.between(now, end).dividedBy(2));
  }
}

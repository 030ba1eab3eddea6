package io.teex.worker;

import io.teex.protocol.Domain;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.Enrolled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * This worker's node certificate, renewed before it ends. The one before stays good until its own
 * end: a lease that was given under it wants a receipt that names it.
 */
final class Standing implements Supplier<WorkerFacts> {
  private final Enrolled enrolled;
  private final Domain domain;
  private final WorkerFacts.Execution execution;
  private final InstantSource clock;
  private final WorkerLog log;

  /** Newest first. */
  private volatile List<WorkerFacts> facts = List.of();

  /**
   * Enrols.
   *
   * @param enrol asks the manager for a certificate
   */
  Standing(
      NodeIdentity identity,
      Supplier<Signed<NodeCertificate>> enrol,
      Domain domain,
      WorkerFacts.Execution execution,
      InstantSource clock,
      WorkerLog log) {
    this.enrolled = Enrolled.enrol(identity, enrol, clock);
    this.domain = domain;
    this.execution = execution;
    this.clock = clock;
    this.log = log;
    take(enrolled.certificate());
  }

  /** By the newest certificate. */
  @Override
  public WorkerFacts get() {
    return facts.getFirst();
  }

  /** By every certificate that has not ended, newest first. */
  List<WorkerFacts> all() {
    Instant now = clock.instant();
    return facts.stream()
        .filter(each -> !Instant.ofEpochSecond(each.certificate().value().notAfter()).isBefore(now))
        .toList();
  }

  /** Renews the certificate once half of its life is over; a failure is tried again next time. */
  synchronized void renewIfDue() {
    try {
      if (enrolled.renewIfDue()) {
        take(enrolled.certificate());
      }
    } catch (TeexException e) {
      log.renewalFailed(e);
    }
  }

  private void take(Signed<NodeCertificate> certificate) {
    WorkerFacts made = WorkerFacts.of(domain, certificate, execution);
    List<WorkerFacts> next = new ArrayList<>(List.of(made));
    next.addAll(all());
    facts = List.copyOf(next);
    log.enrolled(made.address(), certificate.signer(domain), certificate.value().notAfter());
  }
}

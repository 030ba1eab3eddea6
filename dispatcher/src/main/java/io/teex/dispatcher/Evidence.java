package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;

/**
 * Keeps what convicts a worker: two different receipts that it signed for one task and attempt. A
 * receipt that somebody else signed convicts nobody and is not kept.
 */
final class Evidence {
  private final Domain domain;
  private final Journal journal;
  private final DispatcherLog log;

  Evidence(Domain domain, Journal journal, DispatcherLog log) {
    this.domain = domain;
    this.journal = journal;
    this.log = log;
  }

  /** Keeps a receipt that contradicts the accepted one. */
  void keep(Task task, TaskState.Acknowledged accepted, Signed<Receipt> other) {
    Attempt attempt = accepted.attempt();
    if (other.value().attempt() != attempt.number()
        || !other.signer(domain).equals(attempt.worker())) {
      return;
    }
    Bytes32 hash = other.value().hash(domain);
    Bytes key = Keys.evidence(task.id(), hash);
    try {
      journal.write().put(key, Bytes.of(other.encode()), 0).commit();
    } catch (TeexException e) {
      // It is kept already, or the refusal must do without; the refusal itself never depends on it.
      if (e.code() != ErrorCode.STORE_CONFLICT) {
        log.failed("keeping evidence of task " + task.id(), e);
      }
    }
    log.contradicted(task.id(), attempt.worker(), accepted.receipt().value().hash(domain), hash);
  }
}

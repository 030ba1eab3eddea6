package io.teex.sdk;

import io.teex.chain.TransactionSigner;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes one task from the order to the verified output, over as many attempts as its deadline
 * allows.
 */
final class TaskRunner {
  private static final Duration TAKEN_POLL = Duration.ofMillis(100);
  private static final Duration DISPATCHER_PATIENCE = Duration.ofMinutes(1);
  private static final Duration RESULT_WAIT = Duration.ofSeconds(10);

  private final Domain domain;
  private final OrderBook orders;
  private final Working workers;
  private final Results results;
  private final KnownCertificates certificates;
  private final OrderRecords records;
  private final InstantSource clock;
  private final Persistence persistence;

  /**
   * @param certificates what the market's manager signed
   */
  TaskRunner(
      Domain domain,
      OrderBook orders,
      Working workers,
      Results results,
      KnownCertificates certificates,
      OrderRecords records,
      InstantSource clock) {
    this.domain = domain;
    this.orders = orders;
    this.workers = workers;
    this.results = results;
    this.certificates = certificates;
    this.records = records;
    this.clock = clock;
    this.persistence = new Persistence(clock, DISPATCHER_PATIENCE);
  }

  /**
   * Who orders.
   *
   * @param signer of orders: the user, or the session's key
   * @param keys that outputs are sealed to
   * @param session the user's leave for a session's key
   */
  record Customer(
      TransactionSigner signer, OutputKeys keys, Address user, Optional<Signed<Session>> session) {}

  /**
   * Runs a task in a lane.
   *
   * @throws TeexException with the first refusal that another attempt would not change
   */
  TaskResult run(Customer customer, OrderTerms terms, Lane lane, Dispatching dispatcher) {
    Instant begun = clock.instant();
    Placed placed = place(customer, terms, lane, dispatcher);
    Instant placedAt = clock.instant();
    Lane.Submitted submitted = placed.submitted();
    Opened opened =
        execute(
            new Run(
                customer,
                terms,
                placed.draft(),
                submitted.order(),
                dispatcher,
                submitted.placement()));
    records.executed(submitted.order().value(), opened.receipt());
    return result(
        opened,
        new TaskPapers(
            submitted.order(),
            customer.session(),
            opened.receipt(),
            placed.draft().inputSalt(),
            opened.output().salt()),
        new Latency(
            Duration.between(begun, placed.preparedAt()),
            Duration.between(placed.preparedAt(), placedAt),
            Duration.between(placedAt, opened.answeredAt()),
            Duration.between(opened.answeredAt(), clock.instant())));
  }

  /** An order that was taken, and when it had been drafted. */
  private record Placed(OrderBook.Draft draft, Instant preparedAt, Lane.Submitted submitted) {}

  /**
   * The block that an order knows may have been undone since it was read: then nothing was taken,
   * and the order is drafted once more on the chain as it is now.
   */
  private Placed place(Customer customer, OrderTerms terms, Lane lane, Dispatching dispatcher) {
    try {
      return submit(customer, terms, lane, dispatcher);
    } catch (TeexException e) {
      if (e.code() != ErrorCode.ORDER_MISMATCH) {
        throw e;
      }
      orders.refresh();
      return submit(customer, terms, lane, dispatcher);
    }
  }

  private Placed submit(Customer customer, OrderTerms terms, Lane lane, Dispatching dispatcher) {
    OrderBook.Draft draft = orders.draft(customer.user(), customer.keys(), terms);
    Instant preparedAt = clock.instant();
    Lane.Submitted submitted =
        lane.submit(
            sequence -> signed(customer, draft.at(dispatcher.address(), lane.number(), sequence)),
            customer.session());
    return new Placed(draft, preparedAt, submitted);
  }

  private Signed<Order> signed(Customer customer, Order order) {
    Signed<Order> signed = customer.signer().sign(domain, order);
    records.signed(signed);
    return signed;
  }

  /** One task on its way. */
  private record Run(
      Customer customer,
      OrderTerms terms,
      OrderBook.Draft draft,
      Signed<Order> order,
      Dispatching dispatcher,
      Dispatching.Placement placement) {}

  private static TaskResult result(Opened opened, TaskPapers papers, Latency latency) {
    return new TaskResult(
        opened.output().content(),
        opened.receipt(),
        opened.acknowledgement(),
        opened.detail(),
        papers,
        latency);
  }

  /** A verified answer. */
  private record Opened(
      SaltedContent output,
      Signed<Receipt> receipt,
      Signed<Acknowledgement> acknowledgement,
      String detail,
      Instant answeredAt) {}

  private Opened execute(Run run) {
    TaskId task = run.order().value().id(domain);
    Dispatching.Placement placement = run.placement();
    while (true) {
      switch (placement) {
        case Dispatching.Placement.Done _ -> {
          return fetch(run, task);
        }
        case Dispatching.Placement.Leased leased -> {
          try {
            return execute(run, leased.ticket());
          } catch (TeexException e) {
            if (!isWorthAnotherAttempt(e.code()) || isOver(run.order().value())) {
              throw e;
            }
            int failed = leased.ticket().lease().value().attempt();
            placement = persistence.insist(() -> run.dispatcher().retry(task, failed));
          }
        }
      }
    }
  }

  private Opened execute(Run run, Ticket ticket) {
    requireDispatcher(ticket.dispatcher(), run.dispatcher().address());
    NodeCertificate worker = certificates.require(ticket.worker(), Role.WORKER);
    Working.Answer answer =
        workers.execute(
            ticket,
            run.order(),
            run.customer().session(),
            run.terms().input(),
            run.draft().inputSalt());
    Instant answeredAt = clock.instant();
    SaltedContent output =
        results.open(
            run.order().value(),
            run.draft().service(),
            answer,
            run.draft().outputKeys(),
            new Results.Parties(
                ticket.lease().value().attempt(), worker, run.dispatcher().address()));
    return new Opened(
        output, answer.receipt(), answer.acknowledgement(), answer.detail(), answeredAt);
  }

  /** The receipt reached the dispatcher, though the answer did not reach us. */
  private Opened fetch(Run run, TaskId task) {
    return fetch(
        run.order().value(), run.draft(), task, run.dispatcher(), run.dispatcher().address());
  }

  private Opened fetch(
      Order order, OrderBook.Draft draft, TaskId task, Dispatching from, Address dispatcher) {
    while (true) {
      switch (persistence.insist(() -> from.result(task, RESULT_WAIT))) {
        case Dispatching.State.Done done -> {
          Instant answeredAt = clock.instant();
          NodeCertificate worker = certificates.require(done.worker(), Role.WORKER);
          SaltedContent output =
              results.open(
                  order,
                  draft.service(),
                  done,
                  draft.outputKeys(),
                  new Results.Parties(done.receipt().value().attempt(), worker, dispatcher));
          return new Opened(output, done.receipt(), done.acknowledgement(), "", answeredAt);
        }
        case Dispatching.State.Refused refused -> throw refused.failure();
        case Dispatching.State.Waiting _ -> {
          if (isOver(order)) {
            throw new TeexException(
                ErrorCode.ORDER_EXPIRED,
                "task %s was not done by its deadline; nothing is charged for it".formatted(task));
          }
        }
      }
    }
  }

  /**
   * Waits for a task that was ordered on chain.
   *
   * @throws TeexException {@code ORDER_EXPIRED} if no dispatcher did it in time; the refusal of the
   *     dispatcher that took it
   */
  TaskResult await(
      OrderBook.Draft draft,
      Signed<Order> signed,
      Dispatching dispatcher,
      Instant begun,
      Instant placed) {
    Order order = signed.value();
    awaitTaken(order, dispatcher);
    Opened opened = fetch(order, draft, order.id(domain), dispatcher, dispatcher.address());
    return result(
        opened,
        new TaskPapers(
            signed, Optional.empty(), opened.receipt(), draft.inputSalt(), opened.output().salt()),
        new Latency(
            Duration.ZERO,
            Duration.between(begun, placed),
            Duration.between(placed, opened.answeredAt()),
            Duration.between(opened.answeredAt(), clock.instant())));
  }

  private void requireDispatcher(Signed<NodeCertificate> certificate, Address expected) {
    Address signer = certificate.value().signer();
    if (!signer.equals(expected)) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID,
          "the ticket's dispatcher is %s, the order names %s".formatted(signer, expected));
    }
  }

  private boolean isOver(Order order) {
    return clock.instant().getEpochSecond() > order.deadline();
  }

  /** A dispatcher knows of an order on chain once it has read the block that it is in. */
  private void awaitTaken(Order order, Dispatching dispatcher) {
    TaskId task = order.id(domain);
    while (true) {
      try {
        dispatcher.result(task, Duration.ZERO);
        return;
      } catch (TeexException e) {
        if (e.code() != ErrorCode.NOT_FOUND) {
          throw e;
        }
        if (isOver(order)) {
          throw new TeexException(
              ErrorCode.ORDER_EXPIRED,
              "no dispatcher took task %s by its deadline; its fee can be reclaimed"
                  .formatted(task),
              e);
        }
        LockSupport.parkNanos(TAKEN_POLL.toNanos());
      }
    }
  }

  /** Whether it was this worker that failed, and not the order, its licence or its input. */
  private static boolean isWorthAnotherAttempt(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE,
          WORKER_LOST,
          NO_WORKER,
          LEASE_INVALID,
          ALREADY_EXISTS,
          ENGINE_FAILURE,
          SANDBOX_MISSING,
          CHAIN_UNAVAILABLE,
          STORE_CONFLICT,
          BLOB_NOT_FOUND,
          INTERNAL ->
          true;
      default -> false;
    };
  }
}

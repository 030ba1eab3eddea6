package io.teex.worker;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.AbandonRequest;
import io.teex.rpc.proto.CompleteRequest;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.JoinRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** The dispatchers that this worker serves, each over its own attested channel. */
final class Memberships implements Dispatch, AutoCloseable {
  private static final Duration PAUSE_FIRST = Duration.ofMillis(50);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(2);
  private static final Duration ABANDON_MAX = Duration.ofSeconds(5);

  private final List<Membership> memberships;
  private final InstantSource clock;
  private final WorkerLog log;

  Memberships(List<Membership> memberships, InstantSource clock, WorkerLog log) {
    this.memberships = List.copyOf(memberships);
    this.clock = clock;
    this.log = log;
  }

  /**
   * Begins to join.
   *
   * @param request what to say of this worker now
   */
  void start(Supplier<JoinRequest> request) {
    memberships.forEach(membership -> membership.start(request));
  }

  @Override
  public int basisPoints(Address dispatcher) {
    return require(dispatcher).member().orElseThrow().basisPoints();
  }

  @Override
  public Signed<Acknowledgement> complete(
      Attempt attempt, Signed<Receipt> receipt, String outputCid, Bytes sealedOutputKey) {
    Membership membership = require(attempt.lease().dispatcher());
    CompleteRequest request =
        CompleteRequest.newBuilder()
            .setReceipt(Wire.of(receipt))
            .setOutputCid(outputCid)
            .setSealedOutputKey(Wire.of(sealedOutputKey))
            .build();
    Instant end = Instant.ofEpochSecond(attempt.order().deadline());
    Duration pause = PAUSE_FIRST;
    while (true) {
      try {
        return Signed.decode(
            Acknowledgement.class,
            membership
                .channel()
                .call(DispatcherGrpc.getCompleteMethod(), request)
                .getAcknowledgement()
                .toByteArray());
      } catch (TeexException e) {
        // The work is done: until its deadline, a dispatcher that starts again can have it.
        if (e.code() != ErrorCode.UNAVAILABLE || clock.instant().plus(pause).isAfter(end)) {
          throw e;
        }
        log.completionRetried(attempt.id(), e, pause);
        sleep(pause);
        pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
      }
    }
  }

  @Override
  public void abandon(Attempt attempt, ErrorCode code, String message) {
    AbandonRequest request =
        AbandonRequest.newBuilder()
            .setTaskId(Wire.of(attempt.task().value()))
            .setAttempt(attempt.lease().attempt())
            .setCode(code.name())
            .setMessage(message)
            .build();
    try {
      require(attempt.lease().dispatcher())
          .channel()
          .call(DispatcherGrpc.getAbandonMethod(), request, ABANDON_MAX);
    } catch (TeexException e) {
      // The lease runs out by itself.
      log.abandonFailed(attempt.id(), e);
    }
  }

  void judgeAgain() {
    memberships.forEach(membership -> membership.channel().judgeAgain());
  }

  private Membership require(Address dispatcher) {
    return memberships.stream()
        .filter(each ->
            each.member().filter(known -> known.dispatcher().equals(dispatcher)).isPresent())
        .findFirst()
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.LEASE_INVALID,
                "this worker has not joined dispatcher %s".formatted(dispatcher)));
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "this worker is stopping", e);
    }
  }

  @Override
  public void close() {
    memberships.forEach(Membership::close);
  }
}

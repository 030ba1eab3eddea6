package io.teex.sdk;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.LaneRequest;
import io.teex.rpc.proto.ResultRequest;
import io.teex.rpc.proto.ResultResponse;
import io.teex.rpc.proto.RetryRequest;
import io.teex.rpc.proto.SettleRequest;
import io.teex.rpc.proto.SubmitRequest;
import io.teex.rpc.proto.SubmitResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A dispatcher at the other end of an attested channel. */
final class DispatcherClient implements Dispatching, AutoCloseable {
  private static final Duration RETRY_MAX = Duration.ofMinutes(5);
  private static final Duration SETTLE_MAX = Duration.ofMinutes(5);
  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

  private final AttestedChannel channel;
  private final Address address;

  /**
   * @param address that the peer was proven to be certified as
   */
  DispatcherClient(AttestedChannel channel, Address address) {
    this.channel = channel;
    this.address = address;
  }

  @Override
  public Address address() {
    return address;
  }

  /**
   * The workers that have joined.
   *
   * @param certificates judges theirs
   */
  List<WorkerAtWork> workers(NodeCertificates certificates) {
    return channel
        .call(DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance())
        .getWorkerList()
        .stream()
        .map(worker ->
            new WorkerAtWork(
                worker.getEndpoint(),
                worker.getSlots(),
                worker.getBusy(),
                certificates.require(worker.getCertificate().toByteArray(), Role.WORKER)))
        .toList();
  }

  /** The same as one can talk to them. */
  List<Replays.Candidate> candidates(NodeCertificates certificates) {
    return channel
        .call(DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance())
        .getWorkerList()
        .stream()
        .map(worker -> {
          Signed<NodeCertificate> certificate =
              Wire.signed(NodeCertificate.class, worker.getCertificate());
          certificates.require(certificate, Role.WORKER);
          return new Replays.Candidate(worker.getEndpoint(), certificate);
        })
        .toList();
  }

  @Override
  public Placement submit(Signed<Order> order, Optional<Signed<Session>> session) {
    SubmitRequest request =
        SubmitRequest.newBuilder().setOrder(Wire.of(order)).setSession(Wire.of(session)).build();
    return placement(channel.call(DispatcherGrpc.getSubmitMethod(), request));
  }

  @Override
  public Placement retry(TaskId task, int failedAttempt) {
    RetryRequest request =
        RetryRequest.newBuilder()
            .setTaskId(Wire.of(task.value()))
            .setFailedAttempt(failedAttempt)
            .build();
    return placement(channel.call(DispatcherGrpc.getRetryMethod(), request, RETRY_MAX));
  }

  private static Placement placement(SubmitResponse response) {
    if (!response.getState().equals("leased")) {
      return new Placement.Done();
    }
    return new Placement.Leased(
        new Ticket(
            response.getWorkerEndpoint(),
            Wire.signed(NodeCertificate.class, response.getWorkerCertificate()),
            Wire.signed(Lease.class, response.getLease()),
            Wire.signed(NodeCertificate.class, response.getDispatcherCertificate()),
            response.getBasisPoints()));
  }

  @Override
  public State result(TaskId task, Duration wait) {
    ResultRequest request =
        ResultRequest.newBuilder()
            .setTaskId(Wire.of(task.value()))
            .setWaitMillis((int) wait.toMillis())
            .build();
    return state(
        task, channel.call(DispatcherGrpc.getResultMethod(), request, wait.plus(ANSWER_MARGIN)));
  }

  private static State state(TaskId task, ResultResponse response) {
    return switch (response.getState()) {
      case "queued", "leased" -> new State.Waiting();
      case "refused" -> new State.Refused(refusal(task, response.getRefusal()));
      case "acknowledged", "settled" ->
          new State.Done(
              Wire.signed(Receipt.class, response.getReceipt()),
              Wire.signed(Acknowledgement.class, response.getAcknowledgement()),
              Wire.signed(NodeCertificate.class, response.getWorkerCertificate()),
              response.getOutputCid(),
              Wire.bytes(response.getSealedOutputKey()),
              response.getTransaction().isEmpty()
                  ? Optional.empty()
                  : Optional.of(Wire.bytes32("transaction", response.getTransaction())));
      default ->
          throw new TeexException(
              ErrorCode.MALFORMED,
              "task %s is in state %s, which this client does not know"
                  .formatted(task, response.getState()));
    };
  }

  /** A refusal as the dispatcher writes it: {@code CODE: message}. */
  static TeexException refusal(TaskId task, String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return new TeexException(code, colon < 0 ? text : text.substring(colon + 1).strip());
      }
    }
    return new TeexException(
        ErrorCode.ORDER_MISMATCH, "task %s was refused: %s".formatted(task, text));
  }

  @Override
  public long nextSequence(Address user, int lane) {
    LaneRequest request =
        LaneRequest.newBuilder().setUser(Wire.of(user.value())).setLane(lane).build();
    return channel.call(DispatcherGrpc.getLaneMethod(), request).getNextSequence();
  }

  @Override
  public List<Bytes32> settle() {
    return channel
        .call(DispatcherGrpc.getSettleMethod(), SettleRequest.getDefaultInstance(), SETTLE_MAX)
        .getTransactionsList()
        .stream()
        .map(hash -> Wire.bytes32("transaction", hash))
        .toList();
  }

  @Override
  public void close() {
    channel.close();
  }
}

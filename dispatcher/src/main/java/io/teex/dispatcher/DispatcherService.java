package io.teex.dispatcher;

import static io.teex.dispatcher.Wire.wire;

import io.grpc.stub.StreamObserver;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.rpc.Access;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.proto.AbandonRequest;
import io.teex.rpc.proto.AbandonResponse;
import io.teex.rpc.proto.CompleteRequest;
import io.teex.rpc.proto.CompleteResponse;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.rpc.proto.JoinRequest;
import io.teex.rpc.proto.JoinResponse;
import io.teex.rpc.proto.LaneRequest;
import io.teex.rpc.proto.LaneResponse;
import io.teex.rpc.proto.ResultRequest;
import io.teex.rpc.proto.ResultResponse;
import io.teex.rpc.proto.RetryRequest;
import io.teex.rpc.proto.SettleRequest;
import io.teex.rpc.proto.SettleResponse;
import io.teex.rpc.proto.SubmitRequest;
import io.teex.rpc.proto.SubmitResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The dispatcher as others call it: takes messages apart and puts answers together. */
final class DispatcherService extends DispatcherGrpc.DispatcherImplBase {
  /** Together well below the calls that the node serves at once: the rest is for workers. */
  private static final int WAITING_FOR_WORKERS_MAX = 2_048;

  private static final int WAITING_FOR_RESULTS_MAX = 1_024;

  private final WaitingRoom forWorkers = new WaitingRoom("a worker", WAITING_FOR_WORKERS_MAX);
  private final WaitingRoom forResults = new WaitingRoom("a result", WAITING_FOR_RESULTS_MAX);
  private final Dispatcher dispatcher;
  private final Wallet wallet;
  private final Membership membership;
  private final WorkerDesk workers;
  private final StatusDesk status;

  DispatcherService(
      Dispatcher dispatcher,
      Wallet wallet,
      Membership membership,
      WorkerDesk workers,
      StatusDesk status) {
    this.dispatcher = dispatcher;
    this.wallet = wallet;
    this.membership = membership;
    this.workers = workers;
    this.status = status;
  }

  /** Workers work, users order, and anybody may look. */
  static Access access() {
    return Access.none()
        .users("Submit", Role.MANAGER, Role.WORKER)
        .users("Retry", Role.MANAGER, Role.WORKER)
        .anybody("Result")
        .anybody("Lane")
        .nodes("Join", Role.WORKER)
        .nodes("Complete", Role.WORKER)
        .nodes("Abandon", Role.WORKER)
        .anybody("Settle")
        .anybody("Status");
  }

  @Override
  public void submit(SubmitRequest request, StreamObserver<SubmitResponse> answer) {
    Signed<Order> order = Wire.signed(Order.class, request.getOrder());
    Bytes session = Wire.bytes(request.getSession());
    Task task =
        interruptibly(() -> forWorkers.seat(() -> dispatcher.orders().submit(order, session)));
    Reply.send(answer, ticket(task));
  }

  @Override
  public void retry(RetryRequest request, StreamObserver<SubmitResponse> answer) {
    TaskId id = Wire.taskId(request.getTaskId());
    Task task =
        interruptibly(
            () -> forWorkers.seat(() -> dispatcher.orders().retry(id, request.getFailedAttempt())));
    Reply.send(answer, ticket(task));
  }

  @Override
  public void result(ResultRequest request, StreamObserver<ResultResponse> answer) {
    TaskId id = Wire.taskId(request.getTaskId());
    Duration wait = Duration.ofMillis(Integer.toUnsignedLong(request.getWaitMillis()));
    WaitingRoom.Wait<ResultDesk.Result> looking = () -> dispatcher.results().await(id, wait);
    Reply.send(
        answer, result(interruptibly(wait.isZero() ? looking : () -> forResults.seat(looking))));
  }

  @Override
  public void lane(LaneRequest request, StreamObserver<LaneResponse> answer) {
    OrderDesk.LaneStatus lane =
        dispatcher.orders().lane(Wire.address("user", request.getUser()), request.getLane());
    Reply.send(
        answer,
        LaneResponse.newBuilder()
            .setNextSequence(lane.nextSequence())
            .setLocked(wire(lane.locked()))
            .setRemaining(wire(lane.free()))
            .build());
  }

  @Override
  public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
    workers.join(
        new WorkerDesk.Application(
            Wire.signed(NodeCertificate.class, request.getCertificate()),
            request.getEndpoint(),
            request.getUrl(),
            request.getSlots(),
            request.getFlags(),
            request.getEngine(),
            Wire.bytes32("cost table", request.getCostTable())),
        request.getRunningList().stream().map(Wire::taskId).collect(Collectors.toSet()),
        Peer.currentNode());
    Reply.send(
        answer,
        JoinResponse.newBuilder()
            .setHeartbeatMillis((int) dispatcher.settings().workers().heartbeat().toMillis())
            .setBasisPoints(dispatcher.settings().basisPoints())
            .setCertificate(wire(membership.certificate()))
            .build());
  }

  @Override
  public void complete(CompleteRequest request, StreamObserver<CompleteResponse> answer) {
    ReceiptDesk.Delivery delivery =
        new ReceiptDesk.Delivery(
            Wire.signed(Receipt.class, request.getReceipt()),
            request.getOutputCid(),
            Wire.bytes(request.getSealedOutputKey()));
    Reply.send(
        answer,
        CompleteResponse.newBuilder()
            .setAcknowledgement(wire(dispatcher.receipts().complete(delivery)))
            .build());
  }

  @Override
  public void abandon(AbandonRequest request, StreamObserver<AbandonResponse> answer) {
    dispatcher
        .receipts()
        .abandon(
            Wire.taskId(request.getTaskId()),
            request.getAttempt(),
            Peer.currentNode().tlsKeyHash(),
            code(request.getCode()),
            request.getMessage());
    Reply.send(answer, AbandonResponse.getDefaultInstance());
  }

  @Override
  public void settle(SettleRequest request, StreamObserver<SettleResponse> answer) {
    if (!dispatcher.settings().batches().onDemand()) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED,
          "this dispatcher settles when a batch is full or old enough, not on demand");
    }
    SettleResponse.Builder response = SettleResponse.newBuilder();
    int tasks = 0;
    for (SettledBatch batch : dispatcher.settler().settle()) {
      response.addTransactions(wire(batch.transaction()));
      tasks += batch.batch().count();
    }
    Reply.send(answer, response.setTasks(tasks).build());
  }

  @Override
  public void status(
      DispatcherStatusRequest request, StreamObserver<DispatcherStatusResponse> answer) {
    Reply.send(answer, status.status());
  }

  private SubmitResponse ticket(Task task) {
    Attempt attempt =
        switch (task.state()) {
          case TaskState.Leased leased -> leased.attempt();
          case TaskState.Acknowledged done -> done.attempt();
          case TaskState.Queued _, TaskState.Refused _ ->
              throw new IllegalStateException("task %s has no lease".formatted(task.id()));
        };
    Signed<Lease> lease =
        wallet.signer().sign(wallet.domain(), attempt.lease(task.id(), wallet.address()));
    return SubmitResponse.newBuilder()
        .setWorkerEndpoint(attempt.endpoint())
        .setWorkerCertificate(wire(attempt.certificate()))
        .setLease(wire(lease))
        .setDispatcherCertificate(wire(membership.certificate()))
        .setBasisPoints(task.terms().basisPoints())
        .setState(task.state() instanceof TaskState.Leased ? "leased" : "acknowledged")
        .setWorkerUrl(dispatcher.workers().find(attempt.worker()).map(WorkerNode::url).orElse(""))
        .build();
  }

  private static ResultResponse result(ResultDesk.Result result) {
    ResultResponse.Builder response =
        ResultResponse.newBuilder()
            .setState(result.state())
            .setAttempt(result.task().state().attempts());
    result.settled().ifPresent(in -> response.setTransaction(wire(in.transaction())));
    switch (result.task().state()) {
      case TaskState.Queued _ -> {}
      case TaskState.Leased(Attempt attempt) ->
          response.setWorkerCertificate(wire(attempt.certificate()));
      case TaskState.Acknowledged done ->
          response
              .setReceipt(wire(done.receipt()))
              .setAcknowledgement(wire(done.acknowledgement()))
              .setOutputCid(done.outputCid())
              .setSealedOutputKey(wire(done.sealedOutputKey()))
              .setWorkerCertificate(wire(done.attempt().certificate()));
      case TaskState.Refused refused ->
          response.setRefusal("%s: %s".formatted(refused.code(), refused.message()));
    }
    return response.build();
  }

  /** A newer worker may know codes that this process does not. */
  private static ErrorCode code(String name) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.name().equals(name))
        .findFirst()
        .orElse(ErrorCode.ENGINE_FAILURE);
  }

  private static <T> T interruptibly(WaitingRoom.Wait<T> work) {
    try {
      return work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "the dispatcher stops", e);
    }
  }
}

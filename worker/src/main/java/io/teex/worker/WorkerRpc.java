package io.teex.worker;

import io.grpc.stub.StreamObserver;
import io.teex.blobs.Cid;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.Access;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.proto.AssignRequest;
import io.teex.rpc.proto.AssignResponse;
import io.teex.rpc.proto.ExecuteRequest;
import io.teex.rpc.proto.ExecuteResponse;
import io.teex.rpc.proto.ReplayRequest;
import io.teex.rpc.proto.ReplayResponse;
import io.teex.rpc.proto.WorkerGrpc;
import java.util.concurrent.Executor;

/** What a worker serves: {@code Execute} for users, {@code Assign} for dispatchers. */
final class WorkerRpc extends WorkerGrpc.WorkerImplBase {
  /** In the message, and in what the connection sends of it. */
  private static final int ANSWER_COPIES = 2;

  private final Tasks tasks;
  private final Replays replays;
  private final Executor background;

  /**
   * @param background where assigned tasks run
   */
  WorkerRpc(Tasks tasks, Replays replays, Executor background) {
    this.tasks = tasks;
    this.replays = replays;
    this.background = background;
  }

  static Access access() {
    return Access.none().users("Execute").users("Replay").nodes("Assign", Role.DISPATCHER);
  }

  @Override
  public void execute(ExecuteRequest request, StreamObserver<ExecuteResponse> observer) {
    Ticket ticket =
        Wire.ticket(
            request.getOrder(),
            request.getSession(),
            request.getLease(),
            request.getDispatcherCertificate());
    TaskInput input = input(request);
    try {
      Attempt attempt = tasks.accept(ticket, input, request.getBasisPoints());
      Answer answer = tasks.execute(attempt, input);
      // Whoever asks again gets a copy of her own, which anybody may do as often as she likes.
      Reply.makeRoom(ANSWER_COPIES * answer.sizeBytes());
      Reply.send(observer, response(answer));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.WORKER_LOST, "this worker is stopping", e);
    } finally {
      if (input instanceof TaskInput.Given given) {
        given.clear();
      }
    }
  }

  @Override
  public void replay(ReplayRequest request, StreamObserver<ReplayResponse> observer) {
    ReplayTicket ticket = Wire.replayTicket(request);
    TaskInput.Given input =
        new TaskInput.Given(
            request.getInput().toByteArray(), Wire.salt("input salt", request.getInputSalt()));
    try {
      Signed<ReplayReport> report =
          replays.replay(ticket, input, Wire.salt("output salt", request.getOutputSalt()));
      Reply.send(observer, ReplayResponse.newBuilder().setReport(Wire.of(report)).build());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.WORKER_LOST, "this worker is stopping", e);
    } finally {
      input.clear();
    }
  }

  @Override
  public void assign(AssignRequest request, StreamObserver<AssignResponse> observer) {
    Ticket ticket =
        Wire.ticket(
            request.getOrder(),
            request.getSession(),
            request.getLease(),
            request.getDispatcherCertificate());
    Bytes32 caller = Peer.currentNode().tlsKeyHash();
    if (!ticket.dispatcher().value().tlsKeyHash().equals(caller)) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED, "a dispatcher assigns only what it leased itself");
    }
    TaskInput input = new TaskInput.Stored(Cid.parse(request.getSealedInputCid()));
    Attempt attempt = tasks.accept(ticket, input, request.getBasisPoints());
    background.execute(() -> executeAssigned(attempt, input));
    Reply.send(observer, AssignResponse.getDefaultInstance());
  }

  private void executeAssigned(Attempt attempt, TaskInput input) {
    try {
      tasks.execute(attempt, input);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TeexException e) {
      // Logged, and told to the dispatcher, where it happened.
    }
  }

  private static TaskInput input(ExecuteRequest request) {
    return request.getSealedInputCid().isEmpty()
        ? new TaskInput.Given(
            request.getInput().toByteArray(), Wire.salt("input salt", request.getInputSalt()))
        : new TaskInput.Stored(Cid.parse(request.getSealedInputCid()));
  }

  private static ExecuteResponse response(Answer answer) {
    return ExecuteResponse.newBuilder()
        .setReceipt(Wire.of(answer.receipt()))
        .setAcknowledgement(Wire.of(answer.acknowledgement()))
        .setOutputCid(answer.outputCid())
        .setSealedOutputKey(Wire.of(answer.sealedOutputKey()))
        .setSealedOutput(Wire.of(answer.sealedOutput()))
        .setDetail(answer.detail())
        .build();
  }
}

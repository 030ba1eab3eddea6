package io.teex.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.teex.attestation.Endorsed;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.ChannelGrpc;
import io.teex.rpc.proto.HelloRequest;
import io.teex.rpc.proto.HelloResponse;
import io.teex.rpc.proto.ProveRequest;
import io.teex.rpc.proto.ProveResponse;
import java.security.SecureRandom;
import java.util.concurrent.Semaphore;

/** The first messages of a connection, on the server's side. */
final class ChannelService extends ChannelGrpc.ChannelImplBase {
  private static final System.Logger LOG = System.getLogger(ChannelService.class.getName());

  /** First messages that are worked on at once: evidence takes a processor's time. */
  private static final int RUNNING_MAX = 64;

  private final NodeIdentity identity;
  private final Attestor attestor;
  private final SecureRandom random;
  private final Semaphore running = new Semaphore(RUNNING_MAX);

  ChannelService(NodeIdentity identity, Attestor attestor, SecureRandom random) {
    this.identity = identity;
    this.attestor = attestor;
    this.random = random;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloResponse> answer) {
    byte[] nonce = request.getNonce().toByteArray();
    if (nonce.length != ServerTransport.NONCE_BYTES) {
      throw new TeexException(
          ErrorCode.MALFORMED, "a nonce has %d bytes".formatted(ServerTransport.NONCE_BYTES));
    }
    inTurn(() -> greet(CallScope.TRANSPORT.get(), nonce, answer));
  }

  private void greet(
      ServerTransport transport, byte[] nonce, StreamObserver<HelloResponse> answer) {
    Endorsed endorsed = transport.prove(identity, nonce);
    Reply.send(
        answer,
        HelloResponse.newBuilder()
            .setEvidence(EndorsedMessages.evidence(endorsed))
            .addAllDocuments(EndorsedMessages.documents(endorsed))
            .setNonce(ByteString.copyFrom(transport.greet(random, attestor)))
            .setNodeCertificate(ByteString.copyFrom(identity.shown().copy()))
            .build());
  }

  @Override
  public void prove(ProveRequest request, StreamObserver<ProveResponse> answer) {
    Role role = role(request.getRole());
    Endorsed shown = EndorsedMessages.read(request.getEvidence(), request.getDocumentsList());
    ServerTransport transport = CallScope.TRANSPORT.get();
    inTurn(() -> transport.accept(role, shown, attestor));
    transport.peer().ifPresent(peer -> LOG.log(System.Logger.Level.DEBUG, "attested {0}", peer));
    Reply.send(answer, ProveResponse.getDefaultInstance());
  }

  private void inTurn(Runnable work) {
    if (!running.tryAcquire()) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "too many first messages at once");
    }
    try {
      work.run();
    } finally {
      running.release();
    }
  }

  private static Role role(int code) {
    for (Role role : Role.values()) {
      if (role.code() == code) {
        return role;
      }
    }
    throw new TeexException(ErrorCode.MALFORMED, "no role has the code %d".formatted(code));
  }
}

package io.teex.worker;

import com.google.protobuf.ByteString;
import io.teex.blobs.Cid;
import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.proto.DatasetRelease;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.ManagerStatusRequest;
import io.teex.rpc.proto.ManagerStatusResponse;
import io.teex.rpc.proto.OpenInputRequest;
import io.teex.rpc.proto.ReleaseRequest;
import io.teex.rpc.proto.ReleaseResponse;
import io.teex.rpc.proto.ReplayReleaseRequest;
import java.util.List;
import java.util.function.Supplier;

/** The Service Manager at the other end of an attested channel. */
final class ManagerClient implements KeyReleases {
  private final AttestedChannel channel;
  private final Supplier<WorkerFacts> facts;

  /**
   * @param facts of this worker as its present certificate has them
   */
  ManagerClient(AttestedChannel channel, Supplier<WorkerFacts> facts) {
    this.channel = channel;
    this.facts = facts;
  }

  static ManagerStatusResponse status(AttestedChannel channel) {
    return channel.call(ManagerGrpc.getStatusMethod(), ManagerStatusRequest.getDefaultInstance());
  }

  @Override
  public SecretBytes openInput(Attempt attempt, Bytes sealedInputKey) {
    return Wire.secret(
        channel
            .call(
                ManagerGrpc.getOpenInputMethod(),
                OpenInputRequest.newBuilder()
                    .setAttempt(request(attempt))
                    .setSealedInputHeader(Wire.of(sealedInputKey))
                    .build())
            .getInputKey());
  }

  @Override
  public Release release(Attempt attempt) {
    return release(channel.call(ManagerGrpc.getReleaseMethod(), request(attempt)));
  }

  @Override
  public Release releaseReplay(ReplayTicket ticket) {
    Signed<?> session = ticket.session();
    return release(
        channel.call(
            ManagerGrpc.getReleaseReplayMethod(),
            ReplayReleaseRequest.newBuilder()
                .setOrder(Wire.of(ticket.order()))
                .setSession(session == null ? ByteString.EMPTY : Wire.of(session))
                .setReceipt(Wire.of(ticket.receipt()))
                .setReplay(Wire.of(ticket.replay()))
                .addAllLeaves(ticket.leaves().stream().map(Wire::of).toList())
                .setWorkerCertificate(Wire.of(facts.get().certificate()))
                .build()));
  }

  private static Release release(ReleaseResponse released) {
    List<Release.Data> datasets =
        released.getDatasetsList().stream().map(ManagerClient::data).toList();
    return new Release(
        Cid.parse(released.getImageCid()),
        Wire.secret(released.getImageKey()),
        datasets,
        Wire.secret(released.getSeed()));
  }

  private ReleaseRequest request(Attempt attempt) {
    Ticket ticket = attempt.ticket();
    Signed<?> session = ticket.session();
    return ReleaseRequest.newBuilder()
        .setOrder(Wire.of(ticket.order()))
        .setSession(session == null ? ByteString.EMPTY : Wire.of(session))
        .setLease(Wire.of(ticket.lease()))
        .setDispatcherCertificate(Wire.of(ticket.dispatcher()))
        .setWorkerCertificate(Wire.of(facts.get().certificate()))
        .build();
  }

  private static Release.Data data(DatasetRelease dataset) {
    return new Release.Data(
        Cid.parse(dataset.getCid()),
        Wire.secret(dataset.getKeys()),
        Wire.bytes32("data digest", dataset.getDataDigest()),
        dataset.getOutputBytesMax());
  }
}

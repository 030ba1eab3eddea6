package io.teex.dispatcher;

import io.teex.protocol.Lease;
import io.teex.protocol.Signed;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.proto.AssignRequest;
import io.teex.rpc.proto.WorkerGrpc;
import java.time.Duration;
import java.util.function.Function;

/** Hands tasks to workers over attested channels, each to the very node that it was leased to. */
final class WorkerLink implements RequestDesk.Assignment {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  private final Wallet wallet;
  private final Membership membership;
  private final Function<Attempt, AttestedChannel> channels;

  /**
   * @param channels opens a channel to an attempt's worker
   */
  WorkerLink(Wallet wallet, Membership membership, Function<Attempt, AttestedChannel> channels) {
    this.wallet = wallet;
    this.membership = membership;
    this.channels = channels;
  }

  @Override
  public void assign(Task task, Attempt attempt, Origin.Requested origin) {
    Signed<Lease> lease =
        wallet.signer().sign(wallet.domain(), attempt.lease(task.id(), wallet.address()));
    AssignRequest request =
        AssignRequest.newBuilder()
            .setOrder(Wire.wire(task.order()))
            .setSession(Wire.wire(task.session()))
            .setLease(Wire.wire(lease))
            .setDispatcherCertificate(Wire.wire(membership.certificate()))
            .setBasisPoints(task.terms().basisPoints())
            .setSealedInputCid(origin.sealedInputCid())
            .build();
    try (AttestedChannel channel = channels.apply(attempt)) {
      channel.call(WorkerGrpc.getAssignMethod(), request, ANSWER_MAX);
    }
  }
}

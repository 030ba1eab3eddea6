package io.teex.dispatcher;

import static io.teex.dispatcher.Wire.wire;

import io.teex.protocol.Bytes32;
import io.teex.protocol.TeeKind;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.rpc.proto.WorkerStatus;

/** Tells everybody what this dispatcher is and how busy. */
final class StatusDesk {
  /** How facts of the chain are known: by an RPC node that nothing checks. */
  private static final String CHAIN_TRUST = "UNVERIFIED";

  private final NodeIdentity identity;
  private final Dispatcher dispatcher;
  private final Membership membership;
  private final Chain chain;

  StatusDesk(NodeIdentity identity, Dispatcher dispatcher, Membership membership, Chain chain) {
    this.identity = identity;
    this.dispatcher = dispatcher;
    this.membership = membership;
    this.chain = chain;
  }

  DispatcherStatusResponse status() {
    int queued = 0;
    int leased = 0;
    int acknowledged = 0;
    for (Task task : dispatcher.ledger().tasks()) {
      switch (task.state()) {
        case TaskState.Queued _ -> queued++;
        case TaskState.Leased _ -> leased++;
        case TaskState.Acknowledged _ -> acknowledged++;
        case TaskState.Refused _ -> {}
      }
    }
    DispatcherStatusResponse.Builder response =
        DispatcherStatusResponse.newBuilder()
            .setAddress(wire(identity.address()))
            .setCertificate(wire(membership.certificate()))
            .setBasisPoints(dispatcher.settings().basisPoints())
            .setQueued(queued)
            .setLeased(leased)
            .setAcknowledged(acknowledged)
            .setSettled(dispatcher.batches().landed().tasks())
            .setSimulated(identity.tee().kind() == TeeKind.SIMULATED)
            .setChainTrust(CHAIN_TRUST)
            .setActive(chain.view().isDispatcherActive());
    for (Bytes32 transaction : dispatcher.batches().transactions()) {
      response.addTransactions(wire(transaction));
    }
    for (WorkerPool.Load load : dispatcher.workers().loads()) {
      response.addWorker(
          WorkerStatus.newBuilder()
              .setEndpoint(load.worker().endpoint())
              .setAddress(wire(load.worker().address()))
              .setSlots(load.worker().slots())
              .setBusy(load.busy())
              .setFlags(load.worker().flags())
              .setUrl(load.worker().url())
              .setCertificate(wire(load.worker().certificate())));
    }
    return response.setWorkers(response.getWorkerCount()).build();
  }
}

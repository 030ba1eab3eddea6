package io.teex.sdk;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OutputLimits;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.Endpoint;
import io.teex.rpc.Grounds;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.proto.ExecuteRequest;
import io.teex.rpc.proto.ExecuteResponse;
import io.teex.rpc.proto.ReplayRequest;
import io.teex.rpc.proto.WorkerGrpc;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Channels to workers, kept open between tasks. Whoever answers on one proved at every connection
 * to hold the TLS key that its node certificate names.
 */
final class WorkerClients implements Working, AutoCloseable {
  private static final int CHANNELS_MAX = 64;

  /** The largest output, and more than enough for what is said of it. */
  private static final int ANSWER_BYTES_MAX = (int) OutputLimits.PLAIN_BYTES_MAX + (1 << 20);

  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(5);
  private static final Duration REPLAY_MAX = Duration.ofMinutes(10);

  private final Grounds grounds;
  private final NodeCertificates certificates;
  private final InstantSource clock;
  private final LinkedHashMap<Node, Client> clients = new LinkedHashMap<>(16, 0.75f, true);

  WorkerClients(Grounds grounds, NodeCertificates certificates, InstantSource clock) {
    this.grounds = grounds;
    this.certificates = certificates;
    this.clock = clock;
  }

  /** A channel is to the node of one certificate, and ends with it. */
  private record Node(String endpoint, Signed<NodeCertificate> certificate) {}

  private static final class Client {
    private final AttestedChannel channel;
    private int calls;

    Client(AttestedChannel channel) {
      this.channel = channel;
    }
  }

  @Override
  public Answer execute(
      Ticket ticket,
      Signed<Order> order,
      Optional<Signed<Session>> session,
      SecretBytes input,
      Bytes32 inputSalt) {
    ExecuteRequest request =
        ExecuteRequest.newBuilder()
            .setOrder(Wire.of(order))
            .setSession(Wire.of(session))
            .setLease(Wire.of(ticket.lease()))
            .setDispatcherCertificate(Wire.of(ticket.dispatcher()))
            .setBasisPoints(ticket.basisPoints())
            .setInput(Wire.exposed(input))
            .setInputSalt(Wire.of(inputSalt))
            .build();
    Duration left =
        Duration.between(clock.instant(), Instant.ofEpochSecond(order.value().deadline()))
            .plus(ANSWER_MARGIN);
    Client client = take(ticket.endpoint(), ticket.worker());
    try {
      return answer(client.channel.call(WorkerGrpc.getExecuteMethod(), request, left));
    } finally {
      giveBack(client);
    }
  }

  private static Answer answer(ExecuteResponse response) {
    return new Answer(
        Wire.signed(Receipt.class, response.getReceipt()),
        Wire.signed(Acknowledgement.class, response.getAcknowledgement()),
        response.getOutputCid(),
        Wire.bytes(response.getSealedOutputKey()),
        Wire.bytes(response.getSealedOutput()),
        response.getDetail());
  }

  @Override
  public Signed<ReplayReport> replay(
      Replays.Candidate worker,
      TaskPapers papers,
      Signed<Replay> replay,
      SecretBytes input,
      List<Signed<ReplayLeave>> leaves) {
    ReplayRequest request =
        ReplayRequest.newBuilder()
            .setOrder(Wire.of(papers.order()))
            .setSession(Wire.of(papers.session()))
            .setReceipt(Wire.of(papers.receipt()))
            .setReplay(Wire.of(replay))
            .addAllLeaves(leaves.stream().map(Wire::of).toList())
            .setInput(Wire.exposed(input))
            .setInputSalt(Wire.of(papers.inputSalt()))
            .setOutputSalt(Wire.of(papers.outputSalt()))
            .build();
    Client client = take(worker.endpoint(), worker.certificate());
    try {
      return Wire.signed(
          ReplayReport.class,
          client.channel.call(WorkerGrpc.getReplayMethod(), request, REPLAY_MAX).getReport());
    } finally {
      giveBack(client);
    }
  }

  private synchronized Client take(String endpoint, Signed<NodeCertificate> certificate) {
    Node node = new Node(endpoint, certificate);
    Client client =
        clients.computeIfAbsent(
            node,
            missing ->
                new Client(
                    AttestedChannel.to(Endpoint.parse(endpoint), Role.WORKER, grounds)
                        .requiring(certificates.peerOf(certificate))
                        .clock(clock)
                        .messageBytesMax(ANSWER_BYTES_MAX)
                        .open()));
    client.calls++;
    closeIdle();
    return client;
  }

  private synchronized void giveBack(Client client) {
    client.calls--;
  }

  /** Closes the channels that were idle longest, once there are too many. */
  private void closeIdle() {
    Iterator<Client> oldest = clients.values().iterator();
    while (clients.size() > CHANNELS_MAX && oldest.hasNext()) {
      Client client = oldest.next();
      if (client.calls == 0) {
        oldest.remove();
        client.channel.close();
      }
    }
  }

  @Override
  public synchronized void close() {
    clients.values().forEach(client -> client.channel.close());
    clients.clear();
  }
}

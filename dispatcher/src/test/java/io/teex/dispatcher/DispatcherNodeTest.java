package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static io.teex.dispatcher.Wire.wire;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.teex.chain.Court;
import io.teex.chain.DevAccounts;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Reply;
import io.teex.rpc.proto.AssignRequest;
import io.teex.rpc.proto.AssignResponse;
import io.teex.rpc.proto.CompleteRequest;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.JoinRequest;
import io.teex.rpc.proto.LaneRequest;
import io.teex.rpc.proto.LaneResponse;
import io.teex.rpc.proto.ResultRequest;
import io.teex.rpc.proto.ResultResponse;
import io.teex.rpc.proto.SettleRequest;
import io.teex.rpc.proto.SettleResponse;
import io.teex.rpc.proto.SubmitRequest;
import io.teex.rpc.proto.SubmitResponse;
import io.teex.rpc.proto.WorkerGrpc;
import io.teex.rpc.proto.WorkerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A dispatcher's process against a real chain and a real store, over attested channels. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DispatcherNodeTest {
  private static final long PATIENCE_SECONDS = 30;

  private World world;
  private Joined worker;
  private Loop heartbeat;

  @BeforeAll
  void start(@TempDir Path directory) {
    world = new World(World.anvil(), directory);
    world.await(() -> world.status().getActive());
    worker = new Joined("worker");
    worker.join();
    heartbeat = new Loop("heartbeat", Duration.ofMillis(500), worker::join, new DispatcherLog());
  }

  @AfterAll
  void stop() {
    if (world != null) {
      heartbeat.close();
      world.close();
    }
  }

  /** A worker on the network: it joins, is handed requests, and hands in receipts. */
  private final class Joined extends WorkerGrpc.WorkerImplBase {
    private final SigningKey key = SigningKey.generate(world.random);
    private final NodeIdentity identity = world.identity(Role.WORKER, key);
    private final BlockingQueue<AssignRequest> assigned = new LinkedBlockingQueue<>();
    private final FakeWorker writer;
    private final String endpoint;

    Joined(String name) {
      writer =
          new FakeWorker(
              world.addresses.domain(),
              world.managerKey,
              key,
              identity.tlsKeyHash(),
              TestMarket.account(name),
              World.measurement(Role.WORKER).value(),
              InstantSource.system());
      endpoint =
          world
              .serve(identity, this, Access.none().nodes("Assign", Role.DISPATCHER))
              .endpoint()
              .toString();
    }

    @Override
    public void assign(AssignRequest request, StreamObserver<AssignResponse> answer) {
      assigned.add(request);
      Reply.send(answer, AssignResponse.getDefaultInstance());
    }

    void join() {
      join(writer.certificate());
    }

    void join(Signed<NodeCertificate> certificate) {
      join(certificate, 500);
    }

    void join(Signed<NodeCertificate> certificate, int slots) {
      join(certificate, slots, "https://worker.example/1");
    }

    void join(Signed<NodeCertificate> certificate, int slots, String url) {
      try (AttestedChannel channel = world.channel(identity)) {
        channel.call(
            DispatcherGrpc.getJoinMethod(),
            JoinRequest.newBuilder()
                .setEndpoint(endpoint)
                .setUrl(url)
                .setCertificate(wire(certificate))
                .setSlots(slots)
                .setFlags(1)
                .setEngine("fake-1")
                .setCostTable(wire(FakeWorker.COST_TABLE))
                .build());
      }
    }

    Signed<Receipt> receipt(Order order, Lease lease, long fuel) {
      return writer.sign(
          writer.receipt(
              order,
              lease,
              new FakeWorker.Tariff(
                  World.PRICE, DevAccounts.key(1).address(), List.of(), 200, World.OPERATOR),
              Outcome.COMPLETED,
              fuel));
    }

    Signed<Acknowledgement> complete(AttestedChannel channel, Signed<Receipt> receipt) {
      return Signed.decode(
          Acknowledgement.class,
          channel
              .call(
                  DispatcherGrpc.getCompleteMethod(),
                  CompleteRequest.newBuilder()
                      .setReceipt(wire(receipt))
                      .setOutputCid("cid")
                      .setSealedOutputKey(wire(Bytes.of((byte) 1)))
                      .build())
              .getAcknowledgement()
              .toByteArray());
    }

    Signed<Acknowledgement> complete(Signed<Receipt> receipt) {
      try (AttestedChannel channel = world.channel(identity)) {
        return complete(channel, receipt);
      }
    }
  }

  @Test
  void servesATaskFromOrderToSettlement() {
    SigningKey user = SigningKey.generate(world.random);
    world.user(user, 100_000);
    Order order = world.order(user).build();

    Lease lease = submit(user, order);
    Signed<Acknowledgement> acknowledgement =
        worker.complete(worker.receipt(order, lease, 2_000_000));
    ResultResponse acknowledged = result(lease.taskId());
    SettleResponse settled = settle();
    ResultResponse result = result(lease.taskId());

    acknowledgement.requireSigner(world.addresses.domain(), world.dispatcherKey.address());
    assertThat(acknowledged.getState()).isEqualTo("acknowledged");
    assertThat(settled.getTransactionsList()).isNotEmpty();
    assertThat(result.getState()).isEqualTo("settled");
    assertThat(settled.getTransactionsList()).contains(result.getTransaction());
    // 1,000 + 2 × 100, and 2 % of it.
    assertThat(allowance(user).remaining()).isEqualTo(Amount.of(100_000 - 1_224));
    assertThat(allowance(user).settledSequence()).isEqualTo(1);
    assertThat(lane(user).getNextSequence()).isEqualTo(2);
    assertThat(world.status().getTransactionsList()).contains(result.getTransaction());
  }

  @Test
  void servesARequestFromTheChain() throws InterruptedException {
    SigningKey user = SigningKey.generate(world.random);
    TransactionSender sender = world.user(user, 10_000);
    new Token(world.client, world.addresses)
        .mint(world.governance, user.address(), Amount.of(5_000));
    Order order = world.order(user).dispatcher(Address.ZERO).sequence(0).build();

    world.settlement.request(
        sender,
        user.sign(world.addresses.domain(), order),
        "sealed input",
        new Token(world.client, world.addresses)
            .permit(
                user,
                world.addresses.settlement(),
                Amount.of(5_000),
                world.client.head().time() + 3_600));
    AssignRequest request = worker.assigned.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    Lease lease = Signed.decode(Lease.class, request.getLease().toByteArray()).value();
    worker.complete(worker.receipt(order, lease, 2_000_000));
    settle();

    assertThat(request.getSealedInputCid()).isEqualTo("sealed input");
    assertThat(result(lease.taskId()).getState()).isEqualTo("settled");
    assertThat(world.settlement.balance(user.address())).isEqualTo(Amount.of(5_000 - 1_224));

    Court.Question question = world.challengeLastBatch(lease.taskId());
    Court court = new Court(world.client, world.addresses);
    world.await(() -> court.challenge(question).state() == Court.State.ANSWERED);
  }

  @Test
  void answersWhoeverChallengesItsBatches() {
    SigningKey user = SigningKey.generate(world.random);
    world.user(user, 100_000);
    for (int sequence = 1; sequence <= 3; sequence++) {
      Order order = world.order(user).sequence(sequence).build();
      worker.complete(worker.receipt(order, submit(user, order), 2_000_000));
    }
    settle();

    Court.Question question = world.challengeLastBatch(user.address());
    Court court = new Court(world.client, world.addresses);

    world.await(() -> court.challenge(question).state() == Court.State.ANSWERED);
    assertThat(court.challenge(question).justified()).isEqualTo(Amount.of(3 * 1_224));
    assertThat(world.settlement.batchChain(world.dispatcherKey.address()).frozen()).isFalse();
  }

  @Test
  void goesOnAfterARestartBetweenReceiptAndSettlement() {
    SigningKey user = SigningKey.generate(world.random);
    world.user(user, 100_000);
    Order first = world.order(user).build();
    Order second = world.order(user).sequence(2).build();
    worker.complete(worker.receipt(first, submit(user, first), 1));
    Lease open = submit(user, second);

    world.restart();
    world.await(() -> world.status().getActive());
    worker.join();
    worker.complete(worker.receipt(second, open, 1));
    settle();

    assertThat(allowance(user).settledSequence()).isEqualTo(2);
    assertThat(result(open.taskId()).getState()).isEqualTo("settled");
  }

  @Test
  void refusesForgedWorkerCertificates() {
    Joined forger = new Joined("forger");
    SigningKey nobody = SigningKey.generate(world.random);

    refused(
        ErrorCode.CERTIFICATE_INVALID,
        () ->
            forger.join(
                world.certify(
                    nobody,
                    Role.WORKER,
                    forger.identity.tlsKeyHash(),
                    forger.key.address(),
                    World.OPERATOR)));
    refused(ErrorCode.CERTIFICATE_INVALID, () -> forger.join(worker.writer.certificate()));
    refused(
        ErrorCode.CERTIFICATE_INVALID,
        () ->
            forger.join(
                world.certify(
                    world.managerKey,
                    Role.DISPATCHER,
                    forger.identity.tlsKeyHash(),
                    forger.key.address(),
                    World.OPERATOR)));
  }

  @Test
  void showsTheCertificatesOfItsWorkersToAnybody() {
    assertThat(world.status().getWorkerList())
        .filteredOn(known -> known.getAddress().equals(wire(worker.key.address())))
        .extracting(
            known -> Signed.decode(NodeCertificate.class, known.getCertificate().toByteArray()))
        .containsExactly(worker.writer.certificate());
  }

  @Test
  void tellsWhereWorkersAreOverHttp() {
    Joined other = new Joined("over http");
    String[] none = {
      "worker:80",
      "ftp://worker",
      "http://",
      "http://worker/\"",
      "http://worker/?query",
      "javascript:alert(1)",
      "http://worker/" + "x".repeat(250)
    };
    for (String url : none) {
      refused(ErrorCode.USAGE, () -> other.join(other.writer.certificate(), 1, url));
    }

    assertThat(world.status().getWorkerList())
        .extracting(WorkerStatus::getUrl)
        .containsOnly("https://worker.example/1");
  }

  @Test
  void turnsAWorkerAwayOnceTheChainRevokedIt() {
    Joined broken = new Joined("broken");
    // It asks for no slots, so that it takes no task from anybody before it is known to be revoked.
    Runnable asks = () -> broken.join(broken.writer.certificate(), 0);
    refused(ErrorCode.USAGE, asks::run);

    world.revoke(broken.key.address());

    world.await(() -> codeOf(asks) == ErrorCode.CERTIFICATE_INVALID);
  }

  @Test
  void letsAWorkerInOnceEnoughIsBondedForItAndMakesItKnownAtOnce() {
    Joined novice = new Joined("novice");
    Address key = novice.key.address();
    // It asks for no slots, so that it takes no task from anybody.
    Runnable asks = () -> novice.join(novice.writer.certificate(), 0);
    Amount minimum = Amount.of(5_000);
    world.bond(worker.key.address(), minimum);
    world.bond(key, minimum.minus(Amount.of(1)));
    try {
      world.askForStake(minimum);
      world.await(() -> codeOf(asks) == ErrorCode.PERMISSION_DENIED);
      refused(ErrorCode.PERMISSION_DENIED, "teex node bond " + key, asks::run);
      assertThat(world.isActiveWorker(key)).isFalse();

      world.bond(key, Amount.of(1));

      world.await(() -> codeOf(asks) == ErrorCode.USAGE);
      assertThat(world.isActiveWorker(key)).isTrue();
    } finally {
      // The other tests' workers have none.
      world.askForStake(Amount.ZERO);
      Joined other = new Joined("other");
      world.await(() -> codeOf(() -> other.join(other.writer.certificate(), 0)) == ErrorCode.USAGE);
    }
  }

  private static ErrorCode codeOf(Runnable action) {
    try {
      action.run();
      throw new AssertionError("it was not refused");
    } catch (TeexException e) {
      return e.code();
    }
  }

  @Test
  void letsUsersDoNothingThatWorkersDo() {
    try (AttestedChannel channel = world.userChannel()) {
      refused(
          ErrorCode.PERMISSION_DENIED,
          () ->
              channel.call(
                  DispatcherGrpc.getCompleteMethod(), CompleteRequest.getDefaultInstance()));
      refused(
          ErrorCode.PERMISSION_DENIED,
          () -> channel.call(DispatcherGrpc.getJoinMethod(), JoinRequest.getDefaultInstance()));
    }
  }

  @Test
  void refusesGarbage() {
    try (AttestedChannel channel = world.userChannel()) {
      refused(
          ErrorCode.MALFORMED,
          () -> channel.call(DispatcherGrpc.getSubmitMethod(), SubmitRequest.getDefaultInstance()));
      refused(
          ErrorCode.MALFORMED,
          () -> channel.call(DispatcherGrpc.getLaneMethod(), LaneRequest.getDefaultInstance()));
      refused(
          ErrorCode.NOT_FOUND,
          () ->
              channel.call(
                  DispatcherGrpc.getResultMethod(),
                  ResultRequest.newBuilder().setTaskId(wire(FakeWorker.named("nothing"))).build()));
    }
  }

  @Test
  void settlesTwoHundredTasksOfTwentyUsersCheaply() throws Exception {
    long users = 20;
    long each = 10;
    List<SigningKey> keys = new ArrayList<>();
    for (int i = 0; i < users; i++) {
      SigningKey key = SigningKey.generate(world.random);
      world.user(key, 1_000_000);
      keys.add(key);
    }
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        AttestedChannel asUser = world.userChannel();
        AttestedChannel asWorker = world.channel(worker.identity)) {
      List<Future<?>> streams = new ArrayList<>();
      for (SigningKey key : keys) {
        streams.add(threads.submit(stream(key, each, asUser, asWorker)));
      }
      for (Future<?> stream : streams) {
        stream.get();
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;

    settle();

    // The dispatcher settles a full batch by itself, so it may have been quicker than the call.
    long gas =
        world.status().getTransactionsList().stream()
            .map(transaction -> Bytes32.of(transaction.toByteArray()))
            .mapToLong(transaction -> world.client.receipt(transaction).orElseThrow().gasUsed())
            .max()
            .orElseThrow();
    System.out.printf(
        "figures: %d tasks of %d users: %.0f orders and receipts/s, %d gas a task%n",
        users * each, users, users * each / seconds, gas / (users * each));
    assertThat(gas / (users * each)).isLessThan(5_000);
    assertThat(gas).isLessThan(BatchPlan.gas(keys.size(), 0, 3));
    for (SigningKey key : keys) {
      assertThat(allowance(key).settledSequence()).isEqualTo(each);
      assertThat(allowance(key).remaining()).isEqualTo(Amount.of(1_000_000 - each * 1_224));
    }
  }

  private Callable<Void> stream(
      SigningKey user, long tasks, AttestedChannel asUser, AttestedChannel asWorker) {
    return () -> {
      for (int sequence = 1; sequence <= tasks; sequence++) {
        Order order = world.order(user).sequence(sequence).build();
        Lease lease = submit(asUser, user, order);
        worker.complete(asWorker, worker.receipt(order, lease, 2_000_000));
      }
      return null;
    };
  }

  private Lease submit(SigningKey user, Order order) {
    try (AttestedChannel channel = world.userChannel()) {
      return submit(channel, user, order);
    }
  }

  private Lease submit(AttestedChannel channel, SigningKey user, Order order) {
    SubmitResponse response =
        channel.call(
            DispatcherGrpc.getSubmitMethod(),
            SubmitRequest.newBuilder()
                .setOrder(wire(user.sign(world.addresses.domain(), order)))
                .build());
    Signed<Lease> lease = Signed.decode(Lease.class, response.getLease().toByteArray());
    lease.requireSigner(world.addresses.domain(), world.dispatcherKey.address());
    return lease.value();
  }

  private ResultResponse result(TaskId id) {
    try (AttestedChannel channel = world.userChannel()) {
      return channel.call(
          DispatcherGrpc.getResultMethod(),
          ResultRequest.newBuilder().setTaskId(wire(id.value())).setWaitMillis(5_000).build());
    }
  }

  private LaneResponse lane(SigningKey user) {
    try (AttestedChannel channel = world.userChannel()) {
      return channel.call(
          DispatcherGrpc.getLaneMethod(),
          LaneRequest.newBuilder().setUser(wire(user.address())).build());
    }
  }

  private SettleResponse settle() {
    try (AttestedChannel channel = world.userChannel()) {
      return channel.call(DispatcherGrpc.getSettleMethod(), SettleRequest.getDefaultInstance());
    }
  }

  private Settlement.Allowance allowance(SigningKey user) {
    return world.settlement.allowance(user.address(), world.dispatcherKey.address(), 0);
  }
}

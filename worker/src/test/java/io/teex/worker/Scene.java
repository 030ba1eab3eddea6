package io.teex.worker;

import io.teex.attestation.TimeInterval;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Domain;
import io.teex.protocol.Execution;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Hpke;
import io.teex.protocol.Isolation;
import io.teex.protocol.Lease;
import io.teex.protocol.Limits;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import io.teex.rpc.node.NodeCertificates;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The people and nodes of a test, and what they sign for each other. */
final class Scene {
  static final Instant START = Instant.ofEpochSecond(1_800_000_000);
  static final long END = START.getEpochSecond() + 3_600;
  static final int BASIS_POINTS = 250;
  static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(50), Amount.of(600), Amount.of(30));

  final SecureRandom random = new SecureRandom();
  final ManualClock clock = new ManualClock(START);
  final SigningKey user = SigningKey.generate(random);
  final SigningKey manager = SigningKey.generate(random);
  final SigningKey dispatcher = SigningKey.generate(random);
  final SigningKey worker = SigningKey.generate(random);

  final SigningKey otherWorker = SigningKey.generate(random);

  /** What this host does to the end of the time that the worker knows. */
  Duration doubt = Duration.ZERO;

  final SigningKey stranger = SigningKey.generate(random);
  final Address provider = SigningKey.generate(random).address();
  final Address payout = SigningKey.generate(random).address();
  final Domain domain = new Domain(31337, SigningKey.generate(random).address());
  final Hpke.KeyPair outputKeys = Hpke.KeyPair.generate(random);
  final byte[] input = "to be or not to be".getBytes(StandardCharsets.UTF_8);
  final Bytes32 inputSalt = Bytes32.random(random);
  final Bytes32 tlsKeyHash = Bytes32.random(random);

  WorkerFacts facts() {
    return factsUntil(END);
  }

  /** Of another worker, which has no part in the first one's receipts. */
  WorkerFacts otherFacts() {
    return facts(otherWorker, Bytes32.ZERO);
  }

  WorkerFacts facts(SigningKey signer, Bytes32 costTable) {
    return WorkerFacts.of(
        domain,
        certificate(manager, Role.WORKER, signer.address(), payout, END),
        new WorkerFacts.Execution("test-2", costTable, TeeKind.SIMULATED, Execution.SIMULATED));
  }

  /** By a certificate that ends then. */
  WorkerFacts factsUntil(long notAfter) {
    return WorkerFacts.of(
        domain,
        certificate(manager, Role.WORKER, worker.address(), payout, notAfter),
        new WorkerFacts.Execution("test-1", Bytes32.ZERO, TeeKind.SIMULATED, Execution.SIMULATED));
  }

  Signed<NodeCertificate> dispatcherCertificate() {
    return certificate(manager, Role.DISPATCHER, dispatcher.address(), dispatcher.address());
  }

  Signed<NodeCertificate> certificate(
      SigningKey issuer, Role role, Address signer, Address payout) {
    return certificate(issuer, role, signer, payout, END);
  }

  private Signed<NodeCertificate> certificate(
      SigningKey issuer, Role role, Address signer, Address payout, long notAfter) {
    return issuer.sign(
        domain,
        new NodeCertificate(
            role,
            tlsKeyHash,
            signer,
            payout,
            Bytes.EMPTY,
            Bytes32.ZERO,
            TcbStatus.UP_TO_DATE,
            1,
            notAfter));
  }

  /** An order of the scene's input for the image of this digest. */
  Order order(Bytes32 imageDigest, List<DatasetUse> datasets) {
    return new Order(
        user.address(),
        dispatcher.address(),
        0,
        1,
        new ServiceRef(new ServiceId(BigInteger.ONE), 1, imageDigest, 1),
        datasets,
        "",
        Commitment.input(inputSalt, input),
        new OutputTerms(outputKeys.publicKey(), 4_096, 256),
        new FeeTerms(Amount.of(1_000_000), BASIS_POINTS),
        new Limits(10_000_000, 1_000_000, 64L << 20),
        Tier.single(Isolation.PROCESS, TeeKind.SIMULATED.bit()),
        new BlockRef(0, Bytes32.ZERO),
        START.getEpochSecond() + 300,
        Bytes32.random(random));
  }

  Ticket ticket(Order order) {
    return ticket(user.sign(domain, order), 1);
  }

  Ticket ticket(Signed<Order> order, int attempt) {
    return new Ticket(
        order, null, lease(order, attempt, worker.address()), dispatcherCertificate());
  }

  Signed<Lease> lease(Signed<Order> order, int attempt, Address to) {
    return dispatcher.sign(
        domain,
        new Lease(
            order.value().id(domain),
            attempt,
            to,
            dispatcher.address(),
            START.getEpochSecond() + 30,
            attempt));
  }

  TicketCheck tickets() {
    return new TicketCheck(
        domain,
        worker.address(),
        TeeKind.SIMULATED,
        new NodeCertificates(
            domain,
            manager.address(),
            () -> new TimeInterval(clock.instant(), clock.instant().plus(doubt))),
        clock);
  }

  TaskInput.Given given() {
    return new TaskInput.Given(input.clone(), inputSalt);
  }
}

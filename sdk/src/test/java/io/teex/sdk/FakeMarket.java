package io.teex.sdk;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bill;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Execution;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Payees;
import io.teex.protocol.Price;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.Role;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Session;
import io.teex.protocol.Sha256;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A market in memory that echoes inputs: chain, blob store, one dispatcher, one worker. It behaves,
 * unless a test gives it something else to say.
 */
final class FakeMarket implements Listings, Dispatching, Working, BlobStore {
  static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  static final int BASIS_POINTS = 300;
  static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(50), Amount.of(600), Amount.of(30));

  final SecureRandom random = new SecureRandom();
  final SigningKey user = SigningKey.generate(random);
  final SigningKey manager = SigningKey.generate(random);
  final SigningKey dispatcher = SigningKey.generate(random);
  final SigningKey worker = SigningKey.generate(random);
  final SigningKey stranger = SigningKey.generate(random);
  final Domain domain = new Domain(31337, SigningKey.generate(random).address());
  final InstantSource clock = InstantSource.fixed(NOW);
  final ServiceId service = new ServiceId(BigInteger.TWO);
  final Bytes32 image = Bytes32.random(random);

  final List<Signed<Order>> submitted = new ArrayList<>();
  final List<Order> executed = new ArrayList<>();
  final List<Integer> retries = new ArrayList<>();
  final Map<TaskId, State.Done> done = new HashMap<>();
  final Map<Cid, byte[]> blobs = new HashMap<>();

  /** What the dishonest change. */
  UnaryOperator<Ticket> ticket = UnaryOperator.identity();

  UnaryOperator<Receipt> receipt = UnaryOperator.identity();
  UnaryOperator<Acknowledgement> acknowledgement = UnaryOperator.identity();
  UnaryOperator<Working.Answer> answer = UnaryOperator.identity();
  SigningKey receiptSigner = worker;
  SigningKey acknowledgementSigner = dispatcher;

  /** The newest block, which the dispatcher knows, and what was last read of it. */
  BlockRef head = new BlockRef(7, Bytes32.ZERO);

  BlockRef knownBlock = head;

  /** Whether the user's node tells the dispatcher's chain. */
  boolean readsItsHead = true;

  /** What the worker reports that is asked to execute a task again. */
  Function<Signed<Replay>, Signed<ReplayReport>> replaying =
      replay -> {
        throw new TeexException(ErrorCode.UNAVAILABLE, "no replays in this test");
      };

  /** How many calls of each kind fail before one succeeds. */
  int submitFailures;

  int executeFailures;
  boolean acknowledgesBeforeFailing;
  long next = 1;

  @Override
  public Listings.Service service(ServiceId id) {
    return new Listings.Service(new ServiceRef(id, 1, image, 1), PRICE, Bytes32.ZERO);
  }

  @Override
  public Listings.Dataset dataset(DatasetId id, Optional<Bytes32> licence) {
    return new Listings.Dataset(id, licence.orElse(Bytes32.ZERO), Amount.of(10));
  }

  @Override
  public BlockRef recentBlock() {
    return knownBlock;
  }

  @Override
  public void refresh() {
    if (readsItsHead) {
      knownBlock = head;
    }
  }

  @Override
  public Address address() {
    return dispatcher.address();
  }

  @Override
  public synchronized Placement submit(Signed<Order> order, Optional<Signed<Session>> session) {
    if (submitFailures > 0) {
      submitFailures--;
      throw new TeexException(ErrorCode.UNAVAILABLE, "no answer");
    }
    if (!order.value().recentBlock().equals(head)) {
      throw new TeexException(ErrorCode.ORDER_MISMATCH, "the order knows another block");
    }
    long sequence = order.value().sequence();
    if (sequence != next) {
      throw new TeexException(
          sequence < next ? ErrorCode.SEQUENCE_REUSED : ErrorCode.SEQUENCE_GAP,
          "the next sequence is " + next);
    }
    next++;
    submitted.add(order);
    return new Placement.Leased(lease(order.value(), 1));
  }

  Ticket lease(Order order, int attempt) {
    Lease lease =
        new Lease(
            order.id(domain),
            attempt,
            worker.address(),
            dispatcher.address(),
            NOW.getEpochSecond() + 30,
            attempt);
    return ticket.apply(
        new Ticket(
            "127.0.0.1:1",
            certificate(manager, Role.WORKER, worker.address()),
            dispatcher.sign(domain, lease),
            certificate(manager, Role.DISPATCHER, dispatcher.address()),
            BASIS_POINTS));
  }

  Signed<NodeCertificate> certificate(SigningKey issuer, Role role, Address signer) {
    return issuer.sign(
        domain,
        new NodeCertificate(
            role,
            Bytes32.ZERO,
            signer,
            signer,
            Bytes.EMPTY,
            Bytes32.ZERO,
            TcbStatus.UP_TO_DATE,
            1,
            NOW.getEpochSecond() + 3_600));
  }

  @Override
  public synchronized Placement retry(TaskId task, int failedAttempt) {
    retries.add(failedAttempt);
    if (done.containsKey(task)) {
      return new Placement.Done();
    }
    Order order =
        submitted.stream()
            .map(Signed::value)
            .filter(each -> each.id(domain).equals(task))
            .findFirst()
            .orElseThrow();
    return new Placement.Leased(lease(order, failedAttempt + 1));
  }

  @Override
  public synchronized State result(TaskId task, Duration wait) {
    State.Done state = done.get(task);
    return state == null ? new State.Waiting() : state;
  }

  @Override
  public synchronized long nextSequence(Address user, int lane) {
    return next;
  }

  @Override
  public List<Bytes32> settle() {
    return List.of();
  }

  @Override
  public Signed<ReplayReport> replay(
      Replays.Candidate worker,
      TaskPapers papers,
      Signed<Replay> replay,
      SecretBytes input,
      List<Signed<ReplayLeave>> leaves) {
    return replaying.apply(replay);
  }

  @Override
  public synchronized Working.Answer execute(
      Ticket shown,
      Signed<Order> order,
      Optional<Signed<Session>> session,
      SecretBytes input,
      Bytes32 inputSalt) {
    executed.add(order.value());
    boolean fails = executeFailures > 0;
    if (fails) {
      executeFailures--;
    }
    if (fails && !acknowledgesBeforeFailing) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the worker is gone");
    }
    Working.Answer made = answer.apply(echo(shown, order.value(), input));
    if (fails) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the worker is gone");
    }
    return made;
  }

  private Working.Answer echo(Ticket shown, Order order, SecretBytes input) {
    int attempt = shown.lease().value().attempt();
    SecretBytes key = SealedContent.newKey(random);
    SaltedContent output = SaltedContent.of(Bytes32.random(random), input.expose());
    Bytes sealed = SealedOutput.seal(key, output, order.output().paddingBytes(), random);
    Bytes sealedKey =
        SealedOutput.sealKey(order.output().key(), order.id(domain), attempt, key, random);
    Cid cid = put(sealed.copy());
    Receipt written = receipt.apply(receipt(order, attempt, output, sealed));
    Signed<Receipt> signed = receiptSigner.sign(domain, written);
    Signed<Acknowledgement> acknowledged =
        acknowledgementSigner.sign(
            domain,
            acknowledgement.apply(
                new Acknowledgement(
                    written.taskId(),
                    written.attempt(),
                    written.hash(domain),
                    NOW.getEpochSecond() + 600)));
    done.put(
        order.id(domain),
        new State.Done(
            signed, acknowledged, shown.worker(), cid.toString(), sealedKey, Optional.empty()));
    return new Working.Answer(signed, acknowledged, cid.toString(), sealedKey, sealed, "");
  }

  private Receipt receipt(Order order, int attempt, SaltedContent output, Bytes sealed) {
    Bill bill =
        Pricing.bill(
            PRICE,
            Outcome.COMPLETED,
            order.limits().fuelStep(),
            List.of(),
            BASIS_POINTS,
            new Payees(stranger.address(), worker.address(), dispatcher.address()));
    return new Receipt(
        order.id(domain),
        attempt,
        dispatcher.address(),
        worker.address(),
        TypedData.hash(domain, certificate(manager, Role.WORKER, worker.address()).value()),
        new ReceiptDigests(image, PRICE.digest(), Bytes32.ZERO, Bytes32.ZERO),
        order.inputCommitment(),
        output.outputCommitment(),
        Sha256.hash(sealed.copy()),
        bill.datasets(),
        order.limits().fuelStep(),
        1 << 20,
        NOW.getEpochSecond(),
        Outcome.COMPLETED,
        bill.fee(),
        new Execution(
            "test-1",
            order.tier().isolation(),
            Tier.single(order.tier().isolation(), TeeKind.SIMULATED.bit()),
            Execution.SIMULATED),
        Bytes32.ZERO);
  }

  @Override
  public Cid put(byte[] content) {
    Cid cid = Cid.of(content);
    blobs.put(cid, content.clone());
    return cid;
  }

  @Override
  public byte[] get(Cid cid) {
    byte[] content = blobs.get(cid);
    if (content == null) {
      throw new TeexException(ErrorCode.BLOB_NOT_FOUND, "no blob " + cid);
    }
    return content.clone();
  }
}

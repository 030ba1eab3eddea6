package io.teex.bench;

import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Deployment;
import io.teex.chain.DevAccounts;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Mined;
import io.teex.chain.NativeKzg;
import io.teex.chain.Permit;
import io.teex.chain.Settlement;
import io.teex.chain.SignedBatch;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.market.Installation;
import io.teex.market.Progress;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.Keccak;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What does it cost to settle a task? Batches of tasks over a number of accounts, one in five of
 * which is paid, in real transactions on the embedded chain: for the first time, when the payees'
 * credits are new slots of the contract's storage, and warm, when all accounts were in a batch
 * before. Beside what iExec's contracts spend on a task, each in transactions of its own.
 *
 * <p>Keys come from a fixed seed, so that every run counts the same gas.
 */
public final class SettleBench {
  /** Gas of a task through all of iExec's transactions, with TEE, as measured on its deployment. */
  private static final double IEXEC_TEE = 1_629_005;

  /** The same by its shortest flow. */
  private static final double IEXEC_BOOST = 730_027;

  /** What any transaction costs. */
  private static final double TRANSACTION = 21_000;

  /** What a byte of calldata may cost. */
  private static final double BYTE_MAX = 45;

  /** Receipts in one transaction: with 128 KiB, nodes do not pass it on any more. */
  private static final int POSTED = 200;

  /** As many as fill a blob, nearly. */
  private static final int POSTED_IN_BLOB = 600;

  private static final int PAYEES_ARE_ONE_IN = 5;
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  private static final Amount FEE = Amount.of(1_000);
  private static final Amount STAKE = Amount.of(1_000_000_000_000L);
  private static final Amount DEPOSIT = Amount.of(1_000_000_000);
  private static final Bytes MEASUREMENT = Bytes.of(new byte[48]);

  private final ChainClient client;
  private final TransactionSender governance;
  private final Addresses addresses;
  private final Settlement settlement;
  private final SplittableRandom random = new SplittableRandom(1);
  private final SigningKey dispatcher = SigningKey.generate(random);
  private final List<BenchReport.Row> rows = new ArrayList<>();
  private long number;
  private Bytes32 head = Bytes32.ZERO;

  private SettleBench(ChainClient client) {
    this.client = client;
    this.governance = new TransactionSender(client, DevAccounts.key(0));
    this.addresses =
        Deployment.deploy(governance, Deployment.Terms.development(Duration.ofHours(2)));
    this.settlement = new Settlement(client, addresses);
  }

  /**
   * @param tasks how many are settled at once
   * @param accounts how many distinct accounts a batch touches, payers and payees, at least two
   */
  public static BenchReport run(
      Installation installation, List<Integer> tasks, List<Integer> accounts, Progress progress) {
    try (Anvil anvil = Anvil.start(Anvil.binary(installation.nodeModules()), 0, Optional.empty());
        ChainClient client = ChainClient.connect(anvil.endpoint())) {
      SettleBench bench = new SettleBench(client);
      bench.admit();
      bench.bond();
      for (int people : accounts) {
        for (int count : tasks) {
          progress.step("settling %,d tasks of %d accounts".formatted(count, people));
          bench.measure(count, people);
        }
      }
      progress.step("settling %,d tasks with their receipts in calldata".formatted(POSTED));
      bench.measureCalldata();
      progress.step("settling %,d tasks with their receipts in a blob".formatted(POSTED_IN_BLOB));
      bench.measureBlob();
      bench.rows.add(
          BenchReport.Row.alone("iExec, a task with TEE, all transactions", IEXEC_TEE, "gas"));
      return new BenchReport("settle", bench.rows);
    }
  }

  private void admit() {
    EnclaveRegistry registry = new EnclaveRegistry(client, addresses);
    SigningKey manager = SigningKey.generate(random);
    SigningKey operator = DevAccounts.key(1);
    Bytes32 machine = NodeOperation.platform(Bytes.of((byte) 1));
    registry.setManager(governance, manager.address(), 1, true);
    registry.setMeasurement(governance, Role.DISPATCHER, MEASUREMENT, true);
    registry.setPlatform(governance, machine, operator.address());
    for (NodeOperation operation :
        List.of(
            new NodeOperation(Role.MANAGER, manager.address(), machine),
            new NodeOperation(Role.DISPATCHER, dispatcher.address(), machine))) {
      registry.operate(governance, operator.sign(addresses.domain(), operation));
    }
    registry.admit(
        governance,
        manager.sign(
            addresses.domain(),
            new NodeCertificate(
                Role.DISPATCHER,
                named("TLS key"),
                dispatcher.address(),
                dispatcher.address(),
                MEASUREMENT,
                named("platform"),
                TcbStatus.UP_TO_DATE,
                1,
                client.head().time() + Duration.ofDays(1).toSeconds())));
  }

  /** A dispatcher settles only within its stake. */
  private void bond() {
    Stakes stakes = new Stakes(client, addresses);
    Token token = new Token(client, addresses);
    token.mint(governance, governance.address(), STAKE);
    token.approve(governance, stakes.address(), STAKE);
    stakes.bond(governance, dispatcher.address(), STAKE);
  }

  private void measure(int tasks, int accounts) {
    List<Payer> payers = new ArrayList<>();
    List<Address> payees = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      if (i < Math.max(1, accounts / PAYEES_ARE_ONE_IN)) {
        payees.add(SigningKey.generate(random).address());
      } else {
        payers.add(payer());
      }
    }
    Cost first = settle(tasks, payers, payees);
    Cost warm = settle(tasks, payers, payees);
    String what = "%,d tasks, %d accounts (%d pay)".formatted(tasks, accounts, payers.size());
    rows.add(row(what + ", warm", warm, tasks));
    rows.add(row(what + ", first use", first, tasks));
    rows.add(
        BenchReport.Row.alone(
            "%s, in %d transactions: floor 21,000 each".formatted(what, warm.transactions()),
            TRANSACTION * warm.transactions() / tasks,
            "gas per task"));
  }

  /** All public fields of receipts in the calldata of the batch that settles them. */
  private void measureCalldata() {
    Posted posted = posted(POSTED);
    long gas = settlement.settleWithReceipts(governance, posted.batch(), posted.data()).gasUsed();
    String what = "%d receipts in calldata".formatted(POSTED);
    double size = posted.data().encode().size();
    rows.add(BenchReport.Row.alone(what + ", size of one", size / POSTED, "bytes"));
    rows.add(
        BenchReport.Row.alone(what + ", each", (double) (gas - posted.bare()) / POSTED, "gas"));
    rows.add(
        BenchReport.Row.lessIsBetter(
            what, (gas - posted.bare()) / size, "gas per byte", "bar", BYTE_MAX));
  }

  /**
   * The same in a blob, beside calldata: gas of execution, and of the blob at a price of its own.
   */
  private void measureBlob() {
    Posted posted = posted(POSTED_IN_BLOB);
    Mined mined =
        settlement.settleWithBlobs(governance, posted.batch(), posted.data(), NativeKzg.load());
    String what = "%d receipts in a blob".formatted(POSTED_IN_BLOB);
    rows.add(
        BenchReport.Row.alone(
            what + ", each", (double) mined.blobGasUsed() / POSTED_IN_BLOB, "blob gas"));
    rows.add(
        BenchReport.Row.alone(
            what + ", execution of each",
            (double) (mined.gasUsed() - posted.bare()) / POSTED_IN_BLOB,
            "gas"));
    rows.add(
        BenchReport.Row.alone(
            what + ", execution of all", (double) (mined.gasUsed() - posted.bare()), "gas"));
  }

  /**
   * A batch with its receipts.
   *
   * @param bare gas of a batch like it, settled by the root alone
   */
  private record Posted(SignedBatch batch, ReceiptData data, long bare) {}

  private Posted posted(int count) {
    List<Payer> payers = new ArrayList<>();
    for (int i = 0; i < Math.ceilDiv(count, ReceiptTree.GROUP_LEAVES_MAX); i++) {
      payers.add(payer());
    }
    List<Address> payees = List.of(dispatcher.address());
    settle(count, payers, payees);
    long bare = settle(count, payers, payees).gas();
    ReceiptFigures figures = ReceiptFigures.of(random, dispatcher.address());
    List<ReceiptData.Entry> entries = new ArrayList<>();
    List<Debit> debits = new ArrayList<>();
    for (int i = 0; i < payers.size(); i++) {
      int share = share(count, payers.size(), i);
      entries.addAll(entries(payers.get(i), share, figures));
      debits.add(
          new Debit(
              payers.get(i).account,
              0,
              payers.get(i).settled,
              new Amount(FEE.value().multiply(BigInteger.valueOf(share)))));
    }
    List<ReceiptLeaf> leaves =
        entries.stream().map(entry -> entry.leaf(addresses.domain())).toList();
    return new Posted(
        batch(leaves, debits, credits(count, payees)), new ReceiptData(entries), bare);
  }

  private static List<ReceiptData.Entry> entries(Payer payer, int count, ReceiptFigures figures) {
    List<ReceiptData.Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      payer.settled++;
      entries.add(
          new ReceiptData.Entry(
              payer.account,
              0,
              payer.settled,
              ReceiptLeaf.Kind.RECEIPT,
              List.of(figures.receipt(FEE))));
    }
    return entries;
  }

  /** As equal parts as there are. */
  private static int share(int count, int parts, int part) {
    return count / parts + (part < count % parts ? 1 : 0);
  }

  private static BenchReport.Row row(String what, Cost cost, int tasks) {
    return BenchReport.Row.lessIsBetter(
        what, (double) cost.gas() / tasks, "gas per task", "iExec Boost", IEXEC_BOOST);
  }

  /** Somebody with money in a lane, and how much of the lane is settled. */
  private static final class Payer {
    private final Address account;
    private long settled;

    Payer(Address account) {
      this.account = account;
    }
  }

  private Payer payer() {
    SigningKey key = SigningKey.generate(random);
    governance.transfer(key.address(), ETHER);
    Token token = new Token(client, addresses);
    token.mint(governance, key.address(), DEPOSIT);
    long now = client.head().time();
    Permit permit = token.permit(key, addresses.settlement(), DEPOSIT, now + 3_600);
    settlement.depositAndAllow(
        new TransactionSender(client, key),
        dispatcher.address(),
        0,
        DEPOSIT,
        now + Duration.ofDays(1).toSeconds(),
        permit);
    return new Payer(key.address());
  }

  private record Cost(long gas, int transactions) {}

  /** As many batches as it takes: a payer has at most so many receipts in one. */
  private Cost settle(int tasks, List<Payer> payers, List<Address> payees) {
    int batchMax = payers.size() * ReceiptTree.GROUP_LEAVES_MAX;
    int batches = Math.ceilDiv(tasks, batchMax);
    long gas = 0;
    for (int batch = 0; batch < batches; batch++) {
      int share = share(tasks, batches, batch);
      gas += settleOne(share, payers, payees);
    }
    return new Cost(gas, batches);
  }

  private long settleOne(int tasks, List<Payer> payers, List<Address> payees) {
    List<ReceiptLeaf> leaves = new ArrayList<>();
    List<Debit> debits = new ArrayList<>();
    for (int i = 0; i < payers.size(); i++) {
      int share = share(tasks, payers.size(), i);
      if (share > 0) {
        debits.add(charge(payers.get(i), share, leaves));
      }
    }
    return settlement.settle(governance, batch(leaves, debits, credits(tasks, payees))).gasUsed();
  }

  /** The next batch of the dispatcher. */
  private SignedBatch batch(List<ReceiptLeaf> leaves, List<Debit> debits, List<Credit> credits) {
    ReceiptTree tree = ReceiptTree.of(leaves);
    BatchHeader header =
        new BatchHeader(
            dispatcher.address(),
            ++number,
            head,
            tree.root(),
            tree.count(),
            tree.total(),
            BatchHeader.digest(Debit.class, debits),
            BatchHeader.digest(RequestPayment.class, List.of()),
            BatchHeader.digest(Credit.class, credits));
    head = TypedData.hash(addresses.domain(), header);
    return new SignedBatch(dispatcher.sign(addresses.domain(), header), debits, List.of(), credits);
  }

  private Debit charge(Payer payer, int tasks, List<ReceiptLeaf> leaves) {
    Amount amount = Amount.ZERO;
    for (int i = 0; i < tasks; i++) {
      payer.settled++;
      leaves.add(
          new ReceiptLeaf(
              payer.account,
              0,
              payer.settled,
              ReceiptLeaf.Kind.RECEIPT,
              named("receipt %s %d".formatted(payer.account, payer.settled)),
              FEE));
      amount = amount.plus(FEE);
    }
    return new Debit(payer.account, 0, payer.settled, amount);
  }

  /** Shares that differ by nothing; the last payee gets what does not divide. */
  private static List<Credit> credits(int tasks, List<Address> payees) {
    BigInteger total = FEE.value().multiply(BigInteger.valueOf(tasks));
    BigInteger share = total.divide(BigInteger.valueOf(payees.size()));
    BigInteger rest = total.subtract(share.multiply(BigInteger.valueOf(payees.size())));
    List<Credit> credits = new ArrayList<>();
    List<Address> sorted = payees.stream().sorted().toList();
    for (int i = 0; i < sorted.size(); i++) {
      BigInteger amount = i == sorted.size() - 1 ? share.add(rest) : share;
      credits.add(new Credit(sorted.get(i), new Amount(amount)));
    }
    return credits;
  }

  private static Bytes32 named(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.UTF_8));
  }
}

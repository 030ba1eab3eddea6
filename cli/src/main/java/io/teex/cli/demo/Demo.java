package io.teex.cli.demo;

import io.teex.chain.ChainClient;
import io.teex.chain.Settlement;
import io.teex.cli.Contracts;
import io.teex.cli.Output;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.audit.SecrecyAudit;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Price;
import io.teex.protocol.TeexException;
import io.teex.sdk.DataProvider;
import io.teex.sdk.LicenceTerms;
import io.teex.sdk.Listed;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.Published;
import io.teex.sdk.Settlements;
import io.teex.sdk.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The journey that the README tells, from an empty directory to a report. */
final class Demo {
  private static final List<Account> USERS = List.of(Account.ALICE, Account.BOB, Account.CAROL);
  private static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(100), Amount.of(400), Amount.of(60));
  private static final Amount DATA_PRICE = Amount.of(250);
  private static final Amount FEE_MAX = Amount.of(2_000_000);
  private static final Amount BUDGET = Amount.of(1_000_000_000);
  private static final Duration ALLOWED = Duration.ofHours(6);
  private static final int SHOWN = 5;
  private static final String PURPOSE = "digit classification";

  private final Path directory;
  private final DemoPlan plan;
  private final Output output;
  private final Instant started =
      Instant.ofEpochMilli(
          Long.parseLong(
              System.getenv()
                  .getOrDefault("TEEX_STARTED_AT", Long.toString(System.currentTimeMillis()))));
  private final AtomicLong firstAnswerMillis = new AtomicLong();

  Demo(Path directory, DemoPlan plan, Output output) {
    this.directory = directory;
    this.plan = plan;
    this.output = output;
  }

  DemoReport run() throws IOException, InterruptedException {
    Installation installation = Installation.current();
    MarketOptions options =
        MarketOptions.temporary(directory)
            .withWiretap()
            .withDetached(plan.keep())
            .withOsSandbox(plan.osSandbox());
    Thread stop = new Thread(this::stopAndForget, "stop-demo");
    Runtime.getRuntime().addShutdownHook(stop);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Digits> loading =
          threads.submit(() ->
              Digits.load(
                  installation.nodeModules(),
                  DemoPlan.TRAINING_PER_LABEL,
                  plan.unseenPerLabel(USERS.size())));
      EmbeddedMarket embedded = EmbeddedMarket.start(installation, options, output::step);
      DemoReport report;
      try (Market market = Market.connect(embedded.marketFile())) {
        report = journey(installation, embedded, market, get(loading), threads);
      }
      if (plan.keep()) {
        Runtime.getRuntime().removeShutdownHook(stop);
      }
      return report;
    }
  }

  /** On success, failure and Ctrl-C alike, unless the market is kept. */
  private void stopAndForget() {
    EmbeddedMarket.stop(directory);
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("Could not remove " + directory + ": " + e.getMessage());
    }
  }

  private DemoReport journey(
      Installation installation,
      EmbeddedMarket embedded,
      Market market,
      Digits digits,
      ExecutorService threads)
      throws IOException, InterruptedException {
    output.step("the Service Provider seals, registers and lists its classifier");
    byte[] wasm = Files.readAllBytes(installation.examples().resolve("digits/digits.wasm"));
    Published service =
        market
            .provider(Account.PROVIDER.key())
            .publish(
                wasm,
                PRICE,
                new Metadata("digits", "Tells a handwritten digit", "28 × 28 grey values"));
    output.step(
        "the Data Provider seals, licenses and lists %d digits"
            .formatted(digits.training().size()));
    DataProvider dataProvider = market.dataProvider(Account.DATA_PROVIDER.key());
    byte[] dataset = digits.dataset();
    Listed data =
        dataProvider.publish(dataset, licence(service), Metadata.named("training digits"));

    List<Answer> answers = classify(market, service, data, digits, threads);
    output.step("settling what is acknowledged");
    market.user(USERS.getFirst().key()).settle();
    requireRevocable(market, dataProvider, service, data, digits.unseen().getFirst());

    output.step("searching traffic, disks, logs and memory for the secrets");
    Secrets secrets = Secrets.of(wasm, dataset, answers, embedded);
    if (plan.plantLeak()) {
      secrets.plant(embedded.process("dispatcher").log());
    }
    List<SecrecyAudit.Finding> findings = secrets.search(embedded);
    show(answers);
    return report(embedded, market, answers, findings);
  }

  private static LicenceTerms licence(Published service) {
    Instant now = Instant.now();
    return new LicenceTerms(
        List.of(service.imageDigest()),
        List.of(),
        PURPOSE,
        DATA_PRICE,
        5_000,
        now.minus(Duration.ofMinutes(5)),
        now.plus(Duration.ofDays(30)),
        4_096,
        10_000_000);
  }

  private static OrderTerms order(Published service, Listed data, Digit digit) {
    return OrderTerms.of(service.service(), digit.pixels().copy())
        .withDatasets(List.of(OrderTerms.Use.of(data.dataset(), data.licenceDigest())))
        .withPurpose(PURPOSE)
        .withOutput(1_024, 256)
        .withFeeMax(FEE_MAX);
  }

  /** Each user works off her share, one task after the other, beside the others. */
  private List<Answer> classify(
      Market market, Published service, Listed data, Digits digits, ExecutorService threads)
      throws InterruptedException {
    int each = plan.tasksPerUser(USERS.size());
    output.step(
        "%d users deposit, and order %d digits".formatted(USERS.size(), each * USERS.size()));
    try (TaskProgress progress = TaskProgress.of(output, each * USERS.size())) {
      List<Future<List<Answer>>> running = new ArrayList<>();
      for (int u = 0; u < USERS.size(); u++) {
        User user = market.user(USERS.get(u).key());
        List<Digit> share = digits.unseen().subList(u * each, (u + 1) * each);
        running.add(threads.submit(() -> work(user, service, data, share, progress)));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<List<Answer>> user : running) {
        answers.addAll(get(user));
      }
      return answers;
    }
  }

  private List<Answer> work(
      User user, Published service, Listed data, List<Digit> share, TaskProgress progress) {
    user.depositAndAllow(0, BUDGET, Instant.now().plus(ALLOWED));
    List<Answer> answers = new ArrayList<>();
    for (Digit digit : share) {
      boolean onChain = answers.size() >= share.size() - DemoPlan.ON_CHAIN_PER_USER;
      OrderTerms terms = order(service, data, digit);
      answers.add(Answer.of(digit, onChain ? user.runOnChain(terms) : user.run(terms), onChain));
      firstAnswerMillis.compareAndSet(0, sinceStart());
      progress.done();
    }
    return answers;
  }

  /** Revocation holds from the next release on: one more order has to be refused. */
  private void requireRevocable(
      Market market, DataProvider dataProvider, Published service, Listed data, Digit digit) {
    output.step("the Data Provider revokes the licence");
    dataProvider.revoke(data.dataset());
    try {
      market.user(USERS.getFirst().key()).run(order(service, data, digit));
    } catch (TeexException e) {
      if (e.code() == ErrorCode.LICENCE_REVOKED) {
        output.step("one more order is refused: " + e.code());
        return;
      }
      throw e;
    }
    throw new TeexException(ErrorCode.INTERNAL, "a revoked licence was used");
  }

  private void show(List<Answer> answers) {
    if (!output.isJson()) {
      System.out.println(Gallery.of(answers.subList(0, Math.min(SHOWN, answers.size()))));
    }
  }

  private DemoReport report(
      EmbeddedMarket embedded,
      Market market,
      List<Answer> answers,
      List<SecrecyAudit.Finding> findings)
      throws IOException {
    Settlements settlements = market.settlements();
    List<Settlement.Settled> batches = settlements.batches();
    List<Bytes32> transactions =
        batches.stream().map(Settlement.Settled::transaction).distinct().toList();
    int settled = batches.stream().mapToInt(Settlement.Settled::count).sum();
    long gas = transactions.stream().mapToLong(settlements::gasUsed).sum();
    Settlements.Conservation money = settlements.conservation();
    double[] millis =
        answers.stream().filter(a -> !a.onChain()).mapToDouble(Answer::millis).sorted().toArray();
    return new DemoReport(
        settled,
        transactions.stream().map(Bytes32::toString).toList(),
        settled == 0 ? 0 : gas / settled,
        otherGas(market.chain(), market),
        answers.stream().filter(Answer::isRight).count() / (double) answers.size(),
        money.holds(),
        new DemoReport.Money(
            money.held().toString(),
            money.free().toString(),
            money.allowances().toString(),
            money.escrows().toString(),
            money.credits().toString()),
        new DemoReport.LatencyMs(percentile(millis, 50), percentile(millis, 99)),
        firstAnswerMillis.get() / 1e3,
        sinceStart() / 1e3,
        Secrets.seen(findings),
        Secrets.leaks(findings),
        findings.stream().flatMap(finding -> finding.unread().stream()).toList(),
        earned(settlements),
        labels(),
        plan.keep() ? kept(embedded) : null);
  }

  /** What the chain charged besides settling, for the orders that took its path. */
  private static Map<String, Long> otherGas(ChainClient chain, Market market) {
    List<Settlement.Requested> requests =
        new Settlement(chain, market.addresses()).requests(0, chain.blockNumber());
    Map<String, Long> gas = new LinkedHashMap<>();
    if (!requests.isEmpty()) {
      long sum =
          requests.stream()
              .mapToLong(request -> market.settlements().gasUsed(request.transaction()))
              .sum();
      gas.put("per order that is placed on chain", sum / requests.size());
    }
    return gas;
  }

  private static Map<String, String> earned(Settlements settlements) {
    Map<String, String> earned = new LinkedHashMap<>();
    for (Account account :
        List.of(
            Account.PROVIDER,
            Account.DATA_PROVIDER,
            Account.WORKER_OWNER_1,
            Account.WORKER_OWNER_2,
            Account.DISPATCHER_OPERATOR)) {
      earned.put(account.label(), settlements.earnings(account.address()).total().toString());
    }
    return earned;
  }

  private List<String> labels() {
    List<String> labels =
        new ArrayList<>(List.of("SIMULATED", "UNVERIFIED CHAIN", "ROLLBACK-UNPROTECTED"));
    if (!plan.osSandbox()) {
      labels.add("NO_OS_SANDBOX");
    }
    return labels;
  }

  private DemoReport.KeptMarket kept(EmbeddedMarket embedded) throws IOException {
    return new DemoReport.KeptMarket(
        directory.toString(),
        embedded.chainRpc().toString(),
        Contracts.of(embedded.marketFile()),
        "./teex dev down --market " + directory);
  }

  private long sinceStart() {
    return Duration.between(started, Instant.now()).toMillis();
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static <T> T get(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}

package io.teex.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.chain.Court;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Limits;
import io.teex.protocol.Outcome;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TeexException;
import io.teex.sdk.DataProvider;
import io.teex.sdk.DataSource;
import io.teex.sdk.LicenceTerms;
import io.teex.sdk.Listed;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.Published;
import io.teex.sdk.StoredDataset;
import io.teex.sdk.TaskResult;
import io.teex.sdk.User;
import io.teex.sdk.UserSession;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People at work in one market of real processes, and what it answers to bad input. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JourneyTest {
  private static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(10), Amount.of(400), Amount.of(5));
  private static final Amount FEE_MAX = Amount.of(1_000_000);
  private final Instant tomorrow = Instant.now().plus(Duration.ofDays(1));

  @TempDir private static Path directory;

  private EmbeddedMarket embedded;
  private Market market;
  private Published echo;
  private User alice;

  @BeforeAll
  void aMarketWithAnEchoService() throws IOException {
    embedded =
        EmbeddedMarket.start(
            Installation.current(),
            MarketOptions.temporary(directory.resolve("market")),
            Progress.silent());
    market = Market.connect(embedded.marketFile());
    echo = publish("noop/noop.wasm");
    alice = market.user(Account.ALICE.key());
    alice.depositAndAllow(0, Amount.of(100_000_000), tomorrow);
  }

  @AfterAll
  void stop() {
    market.close();
    embedded.close();
  }

  private Published publish(String example) throws IOException {
    byte[] wasm = Files.readAllBytes(Installation.current().examples().resolve(example));
    return market.provider(Account.PROVIDER.key()).publish(wasm, PRICE, Metadata.named(example));
  }

  private static OrderTerms order(ServiceId service, String input) {
    return OrderTerms.of(service, input.getBytes(UTF_8)).withFeeMax(FEE_MAX);
  }

  /**
   * @param words of what was seen, expected or is to be done
   */
  private static void assertRefused(ErrorCode code, String words, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  @Test
  void aTaskIsAnsweredAndSettled() {
    TaskResult result = alice.run(order(echo.service(), "hello"));
    alice.settle();

    assertThat(new String(result.requireCompleted(), UTF_8)).isEqualTo("hello");
    assertThat(result.fee()).isLessThanOrEqualTo(FEE_MAX);
    assertThat(market.settlements().conservation().holds()).isTrue();
    assertThat(market.settlements().earnings(Account.PROVIDER.address()).total())
        .isGreaterThan(Amount.ZERO);
  }

  @Test
  void anOrderOnChainIsAnsweredAndTheRestOfItsFeeComesBack() {
    User bob = market.user(Account.BOB.key());

    TaskResult result = bob.runOnChain(order(echo.service(), "by the chain"));
    bob.settle();

    assertThat(new String(result.requireCompleted(), UTF_8)).isEqualTo("by the chain");
    assertThat(bob.balance()).isEqualTo(FEE_MAX.minus(result.fee()));
    assertThat(market.settlements().conservation().holds()).isTrue();
  }

  @Test
  void aSessionSpendsFromALaneOfItsOwnThatHoldsItsCap() {
    Amount cap = FEE_MAX.plus(FEE_MAX);
    alice.deposit(cap);
    UserSession session = alice.session(cap, FEE_MAX, List.of(echo.service()), tomorrow);

    TaskResult result = session.run(order(echo.service(), "in a session"));
    alice.settle();

    assertThat(new String(result.requireCompleted(), UTF_8)).isEqualTo("in a session");
    assertThat(session.lane()).isNotZero();
    assertThat(alice.allowance(session.lane()).remaining()).isEqualTo(cap.minus(result.fee()));
    assertThat(market.settlements().conservation().holds()).isTrue();
  }

  /** The dispatcher answers by itself, within the minute that a development market gives. */
  @Test
  void whoeverDoubtsABatchIsShownItsOrdersAndReceipts() {
    TransactionSender stranger = new TransactionSender(market.chain(), Account.BOB.key());
    Court court = new Court(market.chain(), market.addresses());
    Token token = new Token(market.chain(), market.addresses());
    token.approve(stranger, court.address(), court.terms().bond());
    alice.run(order(echo.service(), "doubtful")).requireCompleted();
    alice.settle();
    Settlement settlement = new Settlement(market.chain(), market.addresses());
    Settlement.Settled batch = market.settlements().batches().getLast();

    Court.Question question =
        court.challenge(stranger, settlement.open(market.chain(), batch), alice.address(), 0);
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (court.challenge(question).state() == Court.State.OPEN && System.nanoTime() < giveUp) {
      Thread.onSpinWait();
    }

    assertThat(court.challenge(question).state()).isEqualTo(Court.State.ANSWERED);
    assertThat(settlement.batchChain(batch.dispatcher()).frozen()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "loop, OUT_OF_FUEL, OUT_OF_FUEL, order it with more fuel",
    "trap, TRAP, GUEST_TRAP, unreachable",
    "grow, OUT_OF_MEMORY, OUT_OF_MEMORY, more than the 67108864 bytes of memory allowed",
    "recurse, DEPTH_EXCEEDED, DEPTH_EXCEEDED, endless recursion",
    "flood, OUTPUT_TOO_LARGE, OUTPUT_TOO_LARGE, more than the 100000 bytes of output allowed",
    "exit, GUEST_EXIT, GUEST_EXIT, exit code 3"
  })
  void aServiceThatMisbehavesEndsInAnOutcomeThatIsPaid(
      String service, Outcome outcome, ErrorCode code, String words) throws IOException {
    Published hostile = publish("hostile/" + service + ".wasm");
    OrderTerms terms =
        order(hostile.service(), "")
            .withLimits(new Limits(50_000_000, 1_000_000, 64 << 20))
            .withOutput(100_000, 256);

    TaskResult result = alice.run(terms);

    assertThat(result.outcome()).as(result.detail()).isEqualTo(outcome);
    assertThat(result.fee()).isGreaterThanOrEqualTo(PRICE.base());
    assertRefused(code, words, result::requireCompleted);
    assertThat(new String(alice.run(order(echo.service(), "still here")).requireCompleted(), UTF_8))
        .isEqualTo("still here");
  }

  @Test
  void aModuleThatWantsTheNetworkIsNotListed() {
    assertRefused(
        ErrorCode.FORBIDDEN_IMPORT,
        "the module imports wasi_snapshot_preview1.sock_accept; allowed",
        () -> publish("hostile/socket.wasm"));
  }

  @Test
  void aModuleThatIsNoneIsNotListed() {
    assertRefused(
        ErrorCode.INVALID_MODULE,
        "header of a WebAssembly",
        () ->
            market
                .provider(Account.PROVIDER.key())
                .publish("not wasm".getBytes(UTF_8), PRICE, Metadata.named("nothing")));
  }

  @Test
  void anUnknownServiceIsRefused() {
    assertRefused(
        ErrorCode.UNKNOWN_SERVICE,
        "there is no service 999 on chain",
        () -> alice.run(order(new ServiceId(BigInteger.valueOf(999)), "")));
  }

  @Test
  void tooSmallAFeeIsRefused() {
    assertRefused(
        ErrorCode.FEE_TOO_SMALL,
        "its maximum is 5: raise the maximum",
        () -> alice.run(order(echo.service(), "").withFeeMax(Amount.of(5))));
  }

  @Test
  void tooSmallAnAllowanceIsRefused() {
    User carol = market.user(Account.CAROL.key());
    carol.depositAndAllow(0, Amount.of(500), tomorrow);

    assertRefused(
        ErrorCode.ALLOWANCE_TOO_SMALL, "500 free", () -> carol.run(order(echo.service(), "")));
  }

  @Test
  void aClosedLaneTakesNoOrdersAndItsMoneyWaits() {
    User carol = market.user(Account.CAROL.key());
    carol.depositAndAllow(7, Amount.of(10_000_000), tomorrow);
    carol.run(order(echo.service(), "before"), 7).requireCompleted();
    Amount lane = carol.balance().plus(carol.allowance(7).remaining());
    carol.close(7);

    assertRefused(
        ErrorCode.WITHDRAWAL_PENDING, "lane 7 can be released from", () -> carol.release(7));
    assertRefused(
        ErrorCode.CHAIN_REJECTED, "close a lane and release it", () -> carol.withdraw(lane));
    assertRefused(
        ErrorCode.ALLOWANCE_CLOSED,
        "is closed since",
        () -> {
          // From the moment on that the dispatcher has seen the block.
          for (int tries = 0; tries < 50; tries++) {
            carol.run(order(echo.service(), "after"), 7);
          }
        });
    // What was accepted before is paid all the same.
    Amount before = carol.allowance(7).remaining();
    carol.settle();
    assertThat(carol.allowance(7).remaining()).isLessThan(before);
  }

  @Test
  void aDeadlineThatHasPassedIsRefused() {
    assertRefused(
        ErrorCode.ORDER_EXPIRED,
        "sign a new order with a later one",
        () -> alice.run(order(echo.service(), "").withPatience(Duration.ofSeconds(-5))));
  }

  @Test
  void aLicenceIsCountedExpiresAndIsRevoked() {
    DataProvider owner = market.dataProvider(Account.DATA_PROVIDER.key());
    Listed twice = owner.publish(data(), licence(echo.imageDigest(), 2, tomorrow), named());
    OrderTerms terms = using(twice);
    alice.run(terms).requireCompleted();
    alice.run(terms).requireCompleted();
    assertRefused(ErrorCode.LICENCE_EXHAUSTED, "all 2 uses", () -> alice.run(terms));

    Listed over =
        owner.publish(
            data(), licence(echo.imageDigest(), 2, Instant.now().minusSeconds(60)), named());
    assertRefused(
        ErrorCode.LICENCE_EXPIRED, "ask its owner for another", () -> alice.run(using(over)));

    Listed revoked = owner.publish(data(), licence(echo.imageDigest(), 9, tomorrow), named());
    alice.run(using(revoked)).requireCompleted();
    owner.revoke(revoked.dataset());
    assertRefused(ErrorCode.LICENCE_REVOKED, "revoked", () -> alice.run(using(revoked)));

    Listed foreign = owner.publish(data(), licence(Bytes32.ZERO, 9, tomorrow), named());
    assertRefused(
        ErrorCode.LICENCE_REFUSED, "does not allow image", () -> alice.run(using(foreign)));

    // Refused tasks cost nothing, and the lane goes on.
    alice.run(order(echo.service(), "on")).requireCompleted();
    alice.settle();
    assertThat(market.settlements().conservation().holds()).isTrue();
  }

  /** Both stop words are in one sealing, in a chunk each; the licence is for the second. */
  @Test
  void aServiceReadsTheLicensedRangeOfADataSetAndNoMore() throws IOException {
    Published words = publish("templates/c/service.wasm");
    byte[] stopWords = ("to" + " ".repeat(1_022) + "be").getBytes(UTF_8);
    DataProvider owner = market.dataProvider(Account.DATA_PROVIDER.key());
    Listed second;
    try (StoredDataset stored = owner.store(DataSource.of(stopWords), 1_024)) {
      second =
          owner.publish(
              stored,
              stored.shape().range(1_024, 1_026),
              licence(words.imageDigest(), 9, tomorrow),
              named());
    }

    TaskResult result =
        alice.run(
            order(words.service(), "to be or not to be")
                .withDatasets(List.of(OrderTerms.Use.of(second.dataset(), second.licenceDigest())))
                .withOutput(1_000, 256));

    assertThat(new String(result.requireCompleted(), UTF_8)).isEqualTo("to 2\nnot 1\nor 1\n");
  }

  private static byte[] data() {
    return "data that never leaves".repeat(100).getBytes(UTF_8);
  }

  private static Metadata named() {
    return Metadata.named("data");
  }

  private OrderTerms using(Listed data) {
    return order(echo.service(), "")
        .withDatasets(List.of(OrderTerms.Use.of(data.dataset(), data.licenceDigest())))
        .withOutput(1_000, 256);
  }

  private static LicenceTerms licence(Bytes32 image, long uses, Instant expiry) {
    return new LicenceTerms(
        List.of(image),
        List.of(),
        "",
        Amount.of(10),
        uses,
        Instant.now().minus(Duration.ofHours(1)),
        expiry,
        4_096,
        1_000_000);
  }

  @Test
  void aTamperedImageIsNotExecuted() throws IOException {
    Published victim = publish("noop/noop.wasm");
    tamperNewestBlobOfAtLeast(600);

    assertRefused(
        ErrorCode.BLOB_TAMPERED,
        "storing its blob again repairs it",
        () -> alice.run(order(victim.service(), "")));
    alice.run(order(echo.service(), "others are well")).requireCompleted();
  }

  @Test
  void aTamperedDataSetIsNotUsed() throws IOException {
    Listed victim =
        market
            .dataProvider(Account.DATA_PROVIDER.key())
            .publish(data(), licence(echo.imageDigest(), 9, tomorrow), named());
    tamperNewestBlobOfAtLeast(600);

    assertRefused(
        ErrorCode.BLOB_TAMPERED,
        "storing its blob again repairs it",
        () -> alice.run(using(victim)));
    alice.run(order(echo.service(), "others are well")).requireCompleted();
  }

  /** Flips a byte of what was stored last, as a host can. */
  private void tamperNewestBlobOfAtLeast(int bytes) throws IOException {
    Path blobs = embedded.directory().resolve("blobs/data");
    Path newest;
    try (var files = Files.walk(blobs)) {
      newest =
          files
              .filter(Files::isRegularFile)
              .filter(file -> file.toFile().length() >= bytes)
              .max(java.util.Comparator.comparingLong(file -> file.toFile().lastModified()))
              .orElseThrow();
    }
    byte[] content = Files.readAllBytes(newest);
    content[content.length / 2] ^= 1;
    newest.toFile().setWritable(true);
    Files.write(newest, content);
  }
}

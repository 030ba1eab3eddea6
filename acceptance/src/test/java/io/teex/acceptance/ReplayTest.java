package io.teex.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Price;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.sdk.LicenceTerms;
import io.teex.sdk.Listed;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.Published;
import io.teex.sdk.ReplayResult;
import io.teex.sdk.TaskResult;
import io.teex.sdk.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A user who doubts a receipt has another worker execute her task again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayTest {
  private static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(50), Amount.of(600), Amount.of(30));
  private static final Amount FEE_MAX = Amount.of(1_000_000);

  @TempDir static Path directory;

  private final Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
  private EmbeddedMarket embedded;
  private Market market;
  private Published curious;
  private User alice;

  @BeforeAll
  void aMarketWithAServiceThatLooksForChance() throws IOException {
    embedded =
        EmbeddedMarket.start(
            Installation.current(), MarketOptions.temporary(marketDirectory()), Progress.silent());
    market = Market.connect(embedded.marketFile());
    byte[] wasm =
        Files.readAllBytes(Installation.current().examples().resolve("hostile/curious.wasm"));
    curious =
        market.provider(Account.PROVIDER.key()).publish(wasm, PRICE, Metadata.named("curious"));
    alice = market.user(Account.ALICE.key());
    alice.depositAndAllow(0, Amount.of(100_000_000), tomorrow);
  }

  private static Path marketDirectory() {
    return directory.resolve("market");
  }

  @AfterAll
  void stop() {
    market.close();
    embedded.close();
  }

  private OrderTerms order(String input) {
    return OrderTerms.of(curious.service(), input.getBytes(UTF_8)).withFeeMax(FEE_MAX);
  }

  private static SecretBytes secret(String input) {
    return SecretBytes.copyOf(input.getBytes(UTF_8));
  }

  @Test
  void anotherWorkerComesToTheSameBitForBit() {
    TaskResult result = alice.run(order("hello").withResponseStep(Duration.ofMillis(50)));
    result.requireCompleted();

    ReplayResult replay = alice.replay(result.papers(), secret("hello"), List.of());

    assertThat(replay.verdict()).isEqualTo(new ReplayVerdict.Same());
    assertThat(replay.report().value().worker()).isNotEqualTo(result.receipt().value().worker());
    assertThat(result.receipt().value().execution().tierReached().profile())
        .isEqualTo("wasm-1+step=50");
  }

  @Test
  void aTaskOnDataIsReplayedWithItsOwnersLeaveOnly() {
    Listed data =
        market
            .dataProvider(Account.DATA_PROVIDER.key())
            .publish("figures".getBytes(UTF_8), licence(), Metadata.named("figures"));
    TaskResult result =
        alice.run(
            order("what is in it?")
                .withDatasets(List.of(OrderTerms.Use.of(data.dataset(), data.licenceDigest())))
                .withOutput(4_096, 256));
    result.requireCompleted();
    SecretBytes input = secret("what is in it?");

    assertThatThrownBy(() -> alice.replay(result.papers(), input, List.of()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLAY_REFUSED))
        .hasMessageContaining("has to give leave");

    Signed<ReplayLeave> leave =
        market
            .dataProvider(Account.DATA_PROVIDER.key())
            .allowReplay(data.licenceDigest(), result.task(), tomorrow);
    assertThat(alice.replay(result.papers(), input, List.of(leave)).verdict())
        .isEqualTo(new ReplayVerdict.Same());
  }

  private LicenceTerms licence() {
    return new LicenceTerms(
        List.of(curious.imageDigest()),
        List.of(),
        "",
        Amount.of(10),
        10,
        Instant.now().minus(Duration.ofHours(1)),
        tomorrow,
        4_096,
        1_000_000);
  }

  @Test
  void nobodyElseHasATaskReplayed() {
    TaskResult result = alice.run(order("mine"));

    assertThatThrownBy(
            () -> market.user(Account.BOB.key()).replay(result.papers(), secret("mine"), List.of()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
  }

  @Test
  void theCommandLineSaysInWordsWhetherTheyAreTheSame() throws Exception {
    Path input = Files.writeString(directory.resolve("input.txt"), "typed");
    String[] run = {
      "run",
      curious.service().toString(),
      "--input",
      input.toString(),
      "--max-fee",
      "1000000",
      "--json",
      "--market",
      marketDirectory().toString()
    };
    TeexCommand.Ended ran = TeexCommand.run(run);
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    String task = ran.json().get("task").asString();

    TeexCommand.Ended replay =
        TeexCommand.run(
            "job",
            "replay",
            task,
            "--input",
            input.toString(),
            "--market",
            marketDirectory().toString());

    assertThat(replay.exitCode()).as(replay.err()).isZero();
    assertThat(replay.out()).startsWith("SAME: outcome, fuel, memory, output");
    assertThat(replay.out()).contains("Executed again by worker 0x");
  }
}

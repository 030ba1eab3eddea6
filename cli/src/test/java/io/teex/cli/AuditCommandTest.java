package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.ChainEndpoints;
import io.teex.chain.Court;
import io.teex.chain.TransactionSender;
import io.teex.chain.testing.BrokenMarket;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.sdk.MarketFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user whose dispatcher takes what she never ordered, at the command line. */
@Timeout(90)
class AuditCommandTest {
  private static final Amount MONEY = Amount.of(5_000_000);
  private static final Amount LENT = Amount.of(3_000);

  @TempDir private Path directory;
  private BrokenMarket market;
  private SigningKey user;

  @BeforeEach
  void start() throws IOException {
    market = new BrokenMarket(AnvilBinary.find(), new SplittableRandom(4));
    user = market.user(MONEY);
    market.settlement.allow(
        new TransactionSender(market.chain, user),
        market.dispatcher.address(),
        0,
        LENT,
        market.inADay());
    MarketFile file =
        new MarketFile(
            ChainEndpoints.of(market.endpoint()),
            market.addresses,
            "127.0.0.1:1",
            List.of(new MarketFile.DispatcherEntry(market.dispatcher.address(), "127.0.0.1:2")),
            URI.create("http://127.0.0.1:3"),
            directory.resolve("policy.json"));
    Files.writeString(directory.resolve("market.json"), file.toJson());
    Files.writeString(directory.resolve("user.key"), hexadecimal(user));
  }

  @AfterEach
  void stop() {
    if (market != null) {
      market.close();
    }
  }

  @Test
  void getsHerMoneyBackAndABondAndAReward() {
    market.take(user.address(), 0, 3, LENT);
    Amount before = market.tokens(user.address());
    Court.Terms terms = new Court(market.chain, market.addresses).terms();

    Cli looked = audit();
    assertThat(looked.exitCode()).isEqualTo(ErrorCode.ORDER_MISMATCH.exitCode());
    assertThat(looked.out())
        .contains("takes 3000, the orders kept here justify 0 at most")
        .contains("NOT JUSTIFIED, can be challenged until");
    assertThat(audit("--challenge").out()).contains("challenged, can be answered until");
    market.pass(Duration.ofSeconds(terms.answerTime() + 1));
    Cli done = audit("--challenge", "--json");

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.json("collected")).isEqualTo(terms.bond().plus(terms.rewardMax()).toString());
    assertThat(((Map<?, ?>) ((List<?>) done.json("debits")).getFirst()).get("state"))
        .hasToString("undone");
    assertThat(market.settlement.balance(user.address())).isEqualTo(MONEY);
    assertThat(market.tokens(user.address())).isEqualTo(before.plus(terms.rewardMax()));
  }

  @Test
  void claimsWhatItIsOwedOnce() {
    market.take(user.address(), 0, 3, LENT);
    audit("--challenge");
    Court court = new Court(market.chain, market.addresses);
    market.pass(Duration.ofSeconds(court.terms().answerTime() + 1));
    // The last word of somebody else's cancellation leaves her bond and reward where they are.
    Court.Question question = court.questions(0, market.chain.blockNumber()).getFirst();
    court.cancel(
        market.anybody(),
        question,
        market
            .settlement
            .open(market.chain, market.settlement.batches(0, market.chain.blockNumber()).getLast())
            .batch());

    Cli claimed = run("claim", "--json");

    assertThat(claimed.exitCode()).as(claimed.err()).isZero();
    assertThat(claimed.json("challenges"))
        .isEqualTo(court.terms().bond().plus(court.terms().rewardMax()).toString());
    Cli again = run("claim");
    assertThat(again.exitCode()).isEqualTo(ErrorCode.NOT_FOUND.exitCode());
    assertThat(again.err()).contains("nothing is owed to " + user.address());
  }

  @Test
  void saysThatNothingWasTaken() {
    Cli looked = audit();

    assertThat(looked.exitCode()).as(looked.err()).isZero();
    assertThat(looked.out()).contains("Nothing was taken from your lanes lately.");
  }

  private static String hexadecimal(SigningKey key) {
    try (SecretBytes secret = key.secret()) {
      return HexFormat.of().formatHex(secret.expose());
    }
  }

  private Cli audit(String... options) {
    return run("audit", options);
  }

  private Cli run(String command, String... options) {
    Stream<String> words =
        Stream.of(
            "money",
            command,
            "--market",
            directory.toString(),
            "--key-file",
            directory.resolve("user.key").toString());
    return Cli.run(Stream.concat(words, Stream.of(options)).toArray(String[]::new));
  }
}

package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.ServiceId;
import io.teex.sdk.Market;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.TaskResult;
import io.teex.sdk.User;
import io.teex.sdk.UserSession;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everybody's keys are in another program, here the chain's own node: nothing that a person does
 * needs a key in the process that does it.
 */
class SignerTest {
  private static final ServiceId SERVICE = new ServiceId(BigInteger.ONE);

  @TempDir private Path directory;

  private TeexCommand.Ended teex(EmbeddedMarket market, Account account, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--signer", market.chainRpc().toString()));
    all.addAll(List.of("--signer-account", account.address().toString()));
    all.addAll(List.of("--market", directory.resolve("market").toString()));
    TeexCommand.Ended ended = TeexCommand.run(all.toArray(String[]::new));
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return ended;
  }

  @Test
  void aMarketIsUsedWithoutAKeyAtHand() throws Exception {
    try (EmbeddedMarket market =
        EmbeddedMarket.start(
            Installation.current(),
            MarketOptions.temporary(directory.resolve("market")),
            Progress.silent())) {
      String noop = Installation.current().examples().resolve("noop/noop.wasm").toString();
      teex(market, Account.PROVIDER, "service", "publish", noop, "--name", "echo");
      String data = Files.writeString(directory.resolve("data"), "some data").toString();
      teex(market, Account.DATA_PROVIDER, "data", "publish", data, "--service", "1");
      teex(market, Account.DATA_PROVIDER, "data", "revoke", "1");

      teex(market, Account.CAROL, "money", "deposit", "10000000", "--days", "2");
      String input = Files.writeString(directory.resolve("input"), "by a signer").toString();
      String output = directory.resolve("output").toString();
      String[] run = {"run", "1", "--input", input, "--output", output, "--max-fee", "2000000"};
      TeexCommand.Ended ran = teex(market, Account.CAROL, run);
      assertThat(directory.resolve("output")).hasContent("by a signer");
      assertThat(ran.err()).contains("the key that opens the output is in this process alone");

      Files.delete(directory.resolve("output"));
      List<String> onChain = new ArrayList<>(List.of(run));
      onChain.add("--on-chain");
      teex(market, Account.CAROL, onChain.toArray(String[]::new));
      assertThat(directory.resolve("output")).hasContent("by a signer");

      orderInASession(market);
      teex(market, Account.CAROL, "money", "close");
    }
  }

  private static void orderInASession(EmbeddedMarket embedded) throws IOException {
    try (Market market = Market.connect(embedded.marketFile());
        TransactionSigner carol =
            TransactionSigner.remote(embedded.chainRpc(), Account.CAROL.address())) {
      User user = market.user(carol);
      user.deposit(Amount.of(3_000_000));
      UserSession session =
          user.session(
              Amount.of(3_000_000),
              Amount.of(2_000_000),
              List.of(SERVICE),
              Instant.now().plus(Duration.ofHours(1)));
      byte[] input = "in a session".getBytes(StandardCharsets.UTF_8);
      TaskResult result =
          session.run(OrderTerms.of(SERVICE, input).withFeeMax(Amount.of(2_000_000)));
      assertThat(result.requireCompleted()).isEqualTo(input);
    }
  }
}

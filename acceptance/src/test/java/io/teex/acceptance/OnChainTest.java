package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.ChainClient;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.Price;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders on chain, from the command line: served, and given back when nobody serves them. */
class OnChainTest {
  private static final Pattern TASK = Pattern.compile("placed on chain as task (0x[0-9a-f]{64})");
  private static final String FEE_MAX = "1000000";

  @TempDir private Path directory;

  private TeexCommand.Ended teex(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--market", directory.resolve("market").toString()));
    return TeexCommand.run(all.toArray(String[]::new));
  }

  private static String task(TeexCommand.Ended ended) {
    Matcher said = TASK.matcher(ended.err());
    assertThat(said.find()).as(ended.err()).isTrue();
    return said.group(1);
  }

  private TeexCommand.Ended order(String seconds) throws IOException, InterruptedException {
    Path input = Files.writeString(directory.resolve("input"), "by the chain");
    String output = directory.resolve("output").toString();
    return teex(
        "run",
        "1",
        "--input",
        input.toString(),
        "--output",
        output,
        "--max-fee",
        FEE_MAX,
        "--as",
        "bob",
        "--on-chain",
        "--within",
        seconds);
  }

  @Test
  void anOrderOnChainIsServedOrGivenBack() throws Exception {
    try (EmbeddedMarket embedded =
        EmbeddedMarket.start(
            Installation.current(),
            MarketOptions.temporary(directory.resolve("market")),
            Progress.silent())) {
      publish(embedded);

      TeexCommand.Ended served = order("300");
      assertThat(served.exitCode()).as(served.err()).isZero();
      assertThat(directory.resolve("output")).hasContent("by the chain");

      for (String worker : new String[] {"worker-1", "worker-2"}) {
        embedded.kill(worker);
      }
      TeexCommand.Ended unserved = order("20");
      assertThat(unserved.exitCode()).as(unserved.err()).isNotZero();
      String task = task(unserved);
      assertThat(state(task)).isEqualTo("open");

      TeexCommand.Ended early = teex("job", "reclaim", task, "--as", "bob");
      assertThat(early.err()).startsWith("WITHDRAWAL_PENDING: ").contains("can be reclaimed from");
      pass(embedded);
      TeexCommand.Ended back = teex("job", "reclaim", task, "--as", "bob", "--json");
      assertThat(back.exitCode()).as(back.err()).isZero();
      assertThat(back.json().get("reclaimed").asString()).isEqualTo(FEE_MAX);
      assertThat(state(task)).isEqualTo("reclaimed");

      TeexCommand.Ended again = teex("job", "reclaim", task, "--as", "bob");
      assertThat(again.err()).startsWith("CHAIN_REJECTED: ").contains("was reclaimed before");
    }
  }

  private String state(String task) throws IOException, InterruptedException {
    return teex("job", "show", task, "--json").json().get("state").asString();
  }

  /** Deadline and withdraw delay are over. */
  private static void pass(EmbeddedMarket embedded) throws IOException {
    try (ChainClient chain = ChainClient.connect(embedded.chainRpc())) {
      chain.development("evm_increaseTime", 3 * 3_600);
      chain.development("evm_mine");
    }
  }

  private static void publish(EmbeddedMarket embedded) throws IOException {
    try (Market market = Market.connect(embedded.marketFile())) {
      byte[] wasm = Files.readAllBytes(Installation.current().examples().resolve("noop/noop.wasm"));
      market
          .provider(Account.PROVIDER.key())
          .publish(
              wasm,
              new Price(Amount.of(1_000), Amount.of(10), Amount.of(400), Amount.of(5)),
              Metadata.named("noop"));
    }
  }
}

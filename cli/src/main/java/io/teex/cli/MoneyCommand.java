package io.teex.cli;

import io.teex.chain.ChainClient;
import io.teex.chain.Proceeds;
import io.teex.chain.Settlement;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.sdk.Market;
import io.teex.sdk.MarketFile;
import io.teex.sdk.Settlements;
import io.teex.sdk.User;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex money}: what one holds in the market, and how to get it in and out. */
@Command(
    name = "money",
    mixinStandardHelpOptions = true,
    description = "Shows and moves what you hold in the market.",
    synopsisSubcommandLabel = "(show | deposit | close | release | withdraw | claim | audit)",
    subcommands = AuditCommand.class,
    footer = {"", "Example: ./teex money show --as alice"})
final class MoneyCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: show, deposit, close, release, withdraw, claim or audit");
  }

  @Command(mixinStandardHelpOptions = true, description = "What you hold, and where.")
  int show(
      @Option(
              names = "--lane",
              converter = Numbers.Lane.class,
              defaultValue = "0",
              description = "Which budget.")
          int lane,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.ALICE);
        Market market = Market.connect(location.marketFile())) {
      show(market, signer, lane, output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Deposits tokens and allows the dispatcher to spend them in a lane.",
      footer = {"", "Example: ./teex money deposit 1000000 --days 7"})
  int deposit(
      @Parameters(paramLabel = "AMOUNT", converter = Amounts.class, description = "Base units.")
          Amount amount,
      @Option(
              names = "--lane",
              converter = Numbers.Lane.class,
              defaultValue = "0",
              description = "Which budget.")
          int lane,
      @Option(
              names = "--days",
              converter = Numbers.Days.class,
              defaultValue = "1",
              description = "How long it may be spent.")
          int days,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.ALICE);
        Market market = Market.connect(location.marketFile())) {
      market.user(signer).depositAndAllow(lane, amount, Instant.now().plus(Duration.ofDays(days)));
      show(market, signer, lane, output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Closes a lane: no new orders; accepted work is still paid.")
  int close(
      @Option(
              names = "--lane",
              converter = Numbers.Lane.class,
              defaultValue = "0",
              description = "Which budget.")
          int lane,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.ALICE);
        Market market = Market.connect(location.marketFile())) {
      market.user(signer).close(lane);
      show(market, signer, lane, output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Takes back what is left in a lane that is closed for long enough.")
  int release(
      @Option(
              names = "--lane",
              converter = Numbers.Lane.class,
              defaultValue = "0",
              description = "Which budget.")
          int lane,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.ALICE);
        Market market = Market.connect(location.marketFile())) {
      market.user(signer).release(lane);
      show(market, signer, lane, output);
      return 0;
    }
  }

  @Command(mixinStandardHelpOptions = true, description = "Pays out of your free balance.")
  int withdraw(
      @Parameters(paramLabel = "AMOUNT", converter = Amounts.class, description = "Base units.")
          Amount amount,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.ALICE);
        Market market = Market.connect(location.marketFile())) {
      market.user(signer).withdraw(amount);
      show(market, signer, 0, output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Pays out all that the market owes you: what you have earned, bonds that came back, rewards",
        "and pay that was demanded. It needs the chain alone."
      },
      footer = {"", "Example: ./teex money claim --as worker-owner-1"})
  int claim(@Mixin AccountOption account, @Mixin MarketLocation location, @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (TransactionSigner signer = account.signer(Account.PROVIDER);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      Proceeds.Due due =
          new Proceeds(chain, market.addresses()).collect(new TransactionSender(chain, signer));
      if (due.total().isZero()) {
        throw new TeexException(
            ErrorCode.NOT_FOUND,
            "nothing is owed to %s now; money show says what can still be challenged"
                .formatted(signer.address()));
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("account", signer.address().toString());
      json.put("earned", due.earned().toString());
      json.put("challenges", due.challenges().toString());
      json.put("demands", due.demands().toString());
      json.put("reports", due.reports().toString());
      Table table = new Table("what", signer.address().toString());
      table.row("earned", due.earned());
      table.row("challenges", due.challenges());
      table.row("demands", due.demands());
      table.row("reports", due.reports());
      output.result(json, table.toString());
      return 0;
    }
  }

  private static void show(Market market, TransactionSigner signer, int lane, Output output) {
    User user = market.user(signer);
    Settlement.Allowance allowance = user.allowance(lane);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("account", user.address().toString());
    json.put("tokens", user.tokens().toString());
    json.put("free", user.balance().toString());
    json.put("lane", lane);
    json.put("allowed", allowance.remaining().toString());
    json.put("allowedUntil", Instant.ofEpochSecond(allowance.expiry()).toString());
    json.put("settledSequence", allowance.settledSequence());
    Settlements.Earnings earnings = market.settlements().earnings(user.address());
    json.put("earned", earnings.total().toString());
    json.put("claimable", earnings.claimable().toString());
    json.put("pending", earnings.pending().toString());
    Amount won = new Proceeds(market.chain(), market.addresses()).of(user.address()).won();
    json.put("won", won.toString());
    Table table = new Table("what", user.address().toString());
    table.row("outside the market", user.tokens());
    table.row("free in the market", user.balance());
    table.row("allowed in lane " + lane, allowance.remaining());
    table.row("until", Instant.ofEpochSecond(allowance.expiry()));
    table.row("earned, to claim", earnings.claimable());
    table.row("earned, can be challenged", earnings.pending());
    table.row("bonds and what was won, to claim", won);
    output.result(json, table.toString());
  }
}

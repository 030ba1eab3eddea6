package io.teex.chain;

import io.teex.chain.Deployment.Deployed;
import io.teex.chain.Deployment.Parties;
import io.teex.chain.Deployment.Terms;
import io.teex.chain.DeploymentProgress.Begun;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;

/**
 * A deployment that keeps how far it got in a directory, so that whoever runs it again after it was
 * cut off gets one complete market, with each contract created once.
 */
public final class ResumedDeployment {
  private static final String FILE = "progress.json";
  private static final String SENT = "sent";

  private final ChainClient chain;
  private final TransactionSigner signer;
  private final Path directory;

  /**
   * @param signer who pays; the account must send nothing else until the deployment is complete
   * @param directory that is there, and holds nothing of another deployment
   */
  public ResumedDeployment(ChainClient chain, TransactionSigner signer, Path directory) {
    this.chain = chain;
    this.signer = signer;
    this.directory = directory;
  }

  /**
   * Begins, or goes on.
   *
   * @throws TeexException {@code USAGE} if the directory's deployment is another one, or the token
   *     is no contract; {@code CHAIN_REJECTED} if a constructor refuses its arguments, or if the
   *     account sent something else before the deployment was complete; {@code STORE_CORRUPT}
   */
  public Deployed run(Terms terms, Parties parties) {
    return run(
        terms,
        parties,
        ProgressFile.open(directory.resolve(FILE)),
        market -> FileOutbox.open(directory.resolve(SENT), market, signer.address()));
  }

  /**
   * @param outboxes opens what the account has sent for a market
   */
  Deployed run(
      Terms terms,
      Parties parties,
      DeploymentProgress progress,
      Function<Domain, Outbox> outboxes) {
    Deployment.requireToken(chain, parties.token());
    long firstNonce =
        progress
            .begun()
            .map(Begun::firstNonce)
            .orElseGet(() -> chain.pendingNonce(signer.address()));
    DeploymentPlan plan = new DeploymentPlan(signer.address(), firstNonce);
    Addresses addresses = Deployment.plan(plan, chain.chainId(), terms, parties);
    Begun now = Begun.of(chain, plan);
    progress.begun().ifPresentOrElse(before -> requireSame(before, now), () -> progress.begin(now));
    Outbox outbox = outboxes.apply(addresses.domain());
    TransactionSender sender = new TransactionSender(chain, signer, outbox, Sending.STANDARD);
    return new Deployed(addresses, new Creations(sender, outbox, progress).carryOut(plan));
  }

  private void requireSame(Begun before, Begun now) {
    if (before.chainId() != now.chainId() || !before.genesis().equals(now.genesis())) {
      throw other(
          "chain %d with the first block %s".formatted(before.chainId(), before.genesis()),
          "chain %d with the first block %s".formatted(now.chainId(), now.genesis()));
    }
    require("account", before.deployer(), now.deployer());
    require("compiled contracts, of another version of TEEX:", before.code(), now.code());
    require("terms, token or governance:", before.arguments(), now.arguments());
  }

  private void require(String what, Object before, Object now) {
    if (!Objects.equals(before, now)) {
      throw other("%s %s".formatted(what, before), "%s %s".formatted(what, now));
    }
  }

  private TeexException other(String before, String now) {
    return new TeexException(
        ErrorCode.USAGE,
        "%s is of a deployment that was begun with %s; this is %s: go on as it was begun, or begin another in another directory"
            .formatted(directory.resolve(FILE), before, now));
  }
}

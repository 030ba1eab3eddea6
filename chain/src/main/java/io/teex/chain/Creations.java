package io.teex.chain;

import io.teex.chain.DeploymentPlan.Planned;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Carries a plan out. Whatever cut an earlier run off, and wherever: each contract has its nonce,
 * and a nonce creates one contract, so none is created or paid for twice.
 */
final class Creations {
  private final TransactionSender sender;
  private final Outbox outbox;
  private final DeploymentProgress progress;

  /** For a plan that nobody goes on with if it is cut off. */
  Creations(TransactionSender sender) {
    this(sender, Outbox.inMemory(), DeploymentProgress.inMemory());
  }

  /**
   * @param outbox the sender's
   * @param progress of the same plan
   */
  Creations(TransactionSender sender, Outbox outbox, DeploymentProgress progress) {
    this.sender = sender;
    this.outbox = outbox;
    this.progress = progress;
  }

  /**
   * @throws TeexException {@code CHAIN_REJECTED} if a constructor refuses its arguments, or the
   *     account sent something else meanwhile
   */
  List<Created> carryOut(DeploymentPlan plan) {
    List<Created> created = new ArrayList<>();
    for (Planned planned : plan.all()) {
      created.add(carryOut(planned));
    }
    return created;
  }

  private Created carryOut(Planned planned) {
    Optional<Created> before = progress.find(planned.address());
    if (before.isPresent() && isThere(before.get())) {
      return before.get();
    }
    String what = "deploying " + planned.contract();
    Mined mined =
        minedBefore(planned)
            .orElseGet(() ->
                sender.createAt(planned.nonce(), planned.intent(), what, planned.creationCode()));
    Address address = TransactionSender.created(what, mined);
    if (!address.equals(planned.address())) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s is at %s, expected %s: the account sent something else meanwhile"
              .formatted(planned.contract(), address, planned.address()));
    }
    Created created =
        new Created(
            planned.contract(), address, planned.arguments(), mined.transaction(), mined.gasUsed());
    progress.keep(created);
    return created;
  }

  /** A reorganisation may have undone it; other code in its place is no accident. */
  private boolean isThere(Created created) {
    Bytes code = sender.chain().code(created.address());
    if (code.isEmpty()) {
      return false;
    }
    DeployedCode.require(created, code);
    return true;
  }

  /** Asked before the sender tidies up, which forgets what lies deep in the chain. */
  private Optional<Mined> minedBefore(Planned planned) {
    return outbox.all().stream()
        .filter(sent -> sent.intent().equals(planned.intent()))
        .flatMap(sent -> sent.versions().stream())
        .flatMap(version -> sender.chain().receipt(version.hash()).stream())
        .filter(Mined::succeeded)
        .findFirst();
  }
}

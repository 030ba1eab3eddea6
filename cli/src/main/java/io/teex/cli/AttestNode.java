package io.teex.cli;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.attestation.collateral.Supply;
import io.teex.chain.CertificateStore;
import io.teex.chain.ChainClient;
import io.teex.chain.ManagerAttestation;
import io.teex.chain.Mined;
import io.teex.chain.QuoteVerifier;
import io.teex.chain.TcbStore;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Bytes;
import io.teex.rpc.node.QuoteFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Posts what the chain lacks of a platform's collateral, and then a manager's quote. */
final class AttestNode {
  /**
   * One thing that was to be posted.
   *
   * @param what it is, for people
   * @param gas zero if nothing was sent
   */
  record Step(String what, long gas, Outcome outcome) {}

  /** What became of a step. */
  enum Outcome {
    POSTED,
    THERE_ALREADY,
    NOT_GIVEN;

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final TransactionSender sender;
  private final QuoteFile quote;
  private final Collateral collateral;
  private final ManagerAttestation attestation;
  private final Consumer<String> told;
  private final List<Step> steps = new ArrayList<>();

  AttestNode(
      ChainClient chain,
      TransactionSender sender,
      QuoteFile quote,
      Collateral collateral,
      Consumer<String> told) {
    this.sender = sender;
    this.quote = quote;
    this.collateral = collateral;
    this.told = told;
    this.attestation = new ManagerAttestation(chain, quote.contract());
  }

  /**
   * What a collateral service has for the platform of a quote. What it does not have, or what is
   * not genuine, is told: the chain refuses for want of it, and cannot know why it is not there.
   */
  static Collateral supplied(CollateralCache cache, QuoteFile quote, Consumer<String> told) {
    Supply supply = cache.supply(quote.evidence(), Collateral.none());
    supply
        .failures()
        .forEach(failure -> told.accept("not from the collateral service: " + failure));
    return supply.collateral();
  }

  /** Revocation lists come first: certificates and documents are judged by them. */
  List<Step> run() {
    QuoteVerifier verifier = attestation.verifier();
    // Nothing is paid for a quote that cannot be read.
    Bytes bytes = quote.evidence().bytes();
    Bytes chain = verifier.pckChain(bytes);
    CertificateStore certificates = verifier.certificates();
    TcbStore tcb = verifier.tcb();
    postOne(
        "the root's revocation list",
        CollateralName.ROOT_CA_CRL,
        crl -> certificates.postRootCrl(sender, crl));
    postTwo(
        "the authority's revocation list",
        CollateralName.PCK_CRL,
        CollateralName.PCK_CRL_ISSUER_CHAIN,
        (crl, pem) -> certificates.postPckCrl(sender, crl, pem));
    document(
        "the TCB information",
        CollateralName.TCB_INFO,
        CollateralName.TCB_INFO_SIGNATURE,
        CollateralName.TCB_INFO_ISSUER_CHAIN,
        document -> tcb.postTcbInfo(sender, document));
    document(
        "the QE identity",
        CollateralName.QE_IDENTITY,
        CollateralName.QE_IDENTITY_SIGNATURE,
        CollateralName.QE_IDENTITY_ISSUER_CHAIN,
        document -> tcb.postQeIdentity(sender, document));
    post("the platform's certificates", () -> certificates.postPlatform(sender, chain));
    post(
        "the manager's quote",
        () -> Optional.of(attestation.attest(sender, quote.key(), quote.block(), bytes)));
    return List.copyOf(steps);
  }

  /** Until when the quote counts at most, in seconds since the epoch. */
  long until() {
    return attestation.attestation(quote.key()).until();
  }

  private void postOne(String what, String name, Function<Bytes, Optional<Mined>> post) {
    collateral
        .find(name)
        .ifPresentOrElse(it -> post(what, () -> post.apply(it)), () -> notGiven(what));
  }

  private void postTwo(
      String what, String first, String second, BiFunction<Bytes, Bytes, Optional<Mined>> post) {
    Optional<Bytes> one = collateral.find(first);
    Optional<Bytes> two = collateral.find(second);
    if (one.isPresent() && two.isPresent()) {
      post(what, () -> post.apply(one.get(), two.get()));
    } else {
      notGiven(what);
    }
  }

  private void document(
      String what,
      String text,
      String signature,
      String chain,
      Function<TcbStore.Document, Optional<Mined>> post) {
    Optional<Bytes> signed = collateral.find(signature);
    if (signed.isEmpty()) {
      notGiven(what);
      return;
    }
    postTwo(
        what,
        text,
        chain,
        (body, pem) -> post.apply(new TcbStore.Document(body, signed.get(), pem)));
  }

  private void post(String what, Supplier<Optional<Mined>> post) {
    add(
        post.get()
            .map(it -> new Step(what, it.gasUsed(), Outcome.POSTED))
            .orElseGet(() -> new Step(what, 0, Outcome.THERE_ALREADY)));
  }

  private void notGiven(String what) {
    add(new Step(what, 0, Outcome.NOT_GIVEN));
  }

  /** Told at once: what is posted stays posted when a later step fails. */
  private void add(Step step) {
    steps.add(step);
    told.accept("%s: %s, %d gas".formatted(step.what(), step.outcome().words(), step.gas()));
  }
}

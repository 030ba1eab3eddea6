package io.teex.manager.release;

import io.teex.attestation.TimeInterval;
import io.teex.chain.ChainView;
import io.teex.chain.ChainViews;
import io.teex.chain.EnclaveRegistry;
import io.teex.manager.catalogue.Catalogue;
import io.teex.manager.catalogue.DatasetRecord;
import io.teex.manager.catalogue.ImageRecord;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.manager.keys.RootKeys;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Lease;
import io.teex.protocol.Licence;
import io.teex.protocol.Order;
import io.teex.protocol.Revocation;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Releases what one attempt of one task needs: gathers the facts, has the rules judge them, writes
 * the release down and only then opens the keys.
 */
public final class Releases {
  private final ManagerIdentity manager;
  private final AuthorityRules authority;
  private final ChainViews chain;
  private final MarketClock clock;
  private final Catalogue catalogue;
  private final ReleaseLedger ledger;
  private final RootKeys keys;

  public Releases(
      ManagerIdentity manager,
      ChainViews chain,
      MarketClock clock,
      Catalogue catalogue,
      ReleaseLedger ledger,
      RootKeys keys) {
    this.manager = manager;
    this.authority = new AuthorityRules(manager);
    this.chain = chain;
    this.clock = clock;
    this.catalogue = catalogue;
    this.ledger = ledger;
    this.keys = keys;
  }

  /** What the rules found right: who asks for what, and whose data it takes. */
  private record Judged(Claim claim, ImageRecord image, List<LicensedUse> uses, TimeInterval now) {
    long second() {
      return now.latest().getEpochSecond();
    }
  }

  /**
   * The key of an input that is sealed to the service. The attempt is written down, but no use of
   * data is counted: whether the input is the one that was ordered only its worker can tell, and a
   * use that is counted for one that is not would be a use that nobody pays.
   *
   * @param sealedInputHeader encapsulated key and sealed content key
   * @throws TeexException as {@link #release}; {@code SEALED_INPUT_REFUSED} if the input was sealed
   *     for something else
   */
  public SecretBytes openInput(Ask ask, Bytes sealedInputHeader) {
    Judged judged = judge(ask);
    ledger.record(judged.claim(), List.of(), judged.second());
    return catalogue.inputKey(
        judged.image(),
        InputBinding.of(manager.domain(), judged.claim().order()),
        sealedInputHeader);
  }

  /**
   * The same attempt may ask again, for instance after a crash, and gets the same.
   *
   * @throws TeexException as the rules say, in the order in which they are applied
   */
  public Grant release(Ask ask) {
    Judged judged = judge(ask);
    ledger.record(judged.claim(), judged.uses(), judged.second());
    return grant(judged.claim(), judged.image(), judged.uses());
  }

  private Judged judge(Ask ask) {
    ChainView view = view(ask.order().value());
    clock.observe(view.block());
    TimeInterval now = clock.now();
    Claim claim = authority.check(ask, now);
    Order order = claim.order();
    ChainRules.check(claim, chainFacts(claim, view));
    ImageRecord image = ServiceRules.check(order, serviceFacts(order, view));
    checkFunding(claim, view, now);
    LicenceRules.checkOrder(order);
    List<LicensedUse> uses = new ArrayList<>();
    for (DatasetUse use : order.datasets()) {
      LicenceRules.Facts facts =
          new LicenceRules.Facts(
              view.licence(use.id(), use.licenceDigest()).value(),
              catalogue.dataset(use.licenceDigest()));
      uses.add(LicenceRules.check(order, use, facts, now));
    }
    return new Judged(claim, image, uses, now);
  }

  /**
   * A licence that was revoked on chain is refused from its block on, so data is released by the
   * block that is the newest now. Everything else tolerates a view that is a fraction of a second
   * old, unless the user has seen a newer one.
   */
  private ChainView view(Order order) {
    if (!order.datasets().isEmpty()) {
      return chain.refresh();
    }
    ChainView latest = chain.latest();
    return latest.block().number() < order.recentBlock().number() ? chain.refresh() : latest;
  }

  /**
   * Ends all releases under a licence from the next one on.
   *
   * @return the licence, now revoked
   * @throws TeexException {@code NOT_FOUND}, or {@code SIGNATURE_INVALID} if anybody but the
   *     licence's owner signed
   */
  public Licence revoke(Signed<Revocation> signed) {
    Bytes32 digest = signed.value().licenceDigest();
    Licence licence =
        catalogue
            .dataset(digest)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.NOT_FOUND, "licence %s is not registered".formatted(digest)))
            .licence();
    signed.requireSigner(manager.domain(), licence.owner());
    ledger.revoke(digest, clock.now().latest().getEpochSecond());
    return licence;
  }

  private static ChainRules.Facts chainFacts(Claim claim, ChainView view) {
    Lease lease = claim.lease();
    return new ChainRules.Facts(
        view.block(),
        view.blockHash(claim.order().recentBlock().number()).value(),
        view.isActive(lease.dispatcher(), Role.DISPATCHER).value(),
        isRevoked(lease.dispatcher(), view),
        isRevoked(lease.worker(), view));
  }

  private static boolean isRevoked(Address node, ChainView view) {
    return view.node(node).value().filter(EnclaveRegistry.Node::revoked).isPresent();
  }

  private ServiceRules.Facts serviceFacts(Order order, ChainView view) {
    return new ServiceRules.Facts(
        view.service(order.service().id()).value(),
        view.version(order.service().id(), order.service().version()).value(),
        view.priceReplacedAt(order.service().id(), order.service().priceVersion()).value(),
        catalogue.image(order.service().imageDigest()));
  }

  private static void checkFunding(Claim claim, ChainView view, TimeInterval now) {
    Order order = claim.order();
    if (order.isOnChain()) {
      FundingRules.check(order, view.request(claim.task()).value());
    } else {
      FundingRules.check(
          order, view.allowance(order.user(), order.dispatcher(), order.lane()).value(), now);
    }
  }

  private Grant grant(Claim claim, ImageRecord image, List<LicensedUse> uses) {
    List<Grant.Data> datasets = new ArrayList<>();
    for (LicensedUse use : uses) {
      Optional<DatasetRecord> kept = catalogue.dataset(use.licenceDigest());
      DatasetRecord dataset = kept.orElseThrow();
      datasets.add(
          new Grant.Data(
              dataset.sealedCid(),
              catalogue.datasetKeys(dataset),
              dataset.licence().dataDigest(),
              use.outputBytes()));
    }
    return new Grant(
        image.sealedCid(), catalogue.imageKey(image), datasets, keys.seed(claim.task()));
  }
}

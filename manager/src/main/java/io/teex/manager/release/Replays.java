package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;

import io.teex.attestation.TimeInterval;
import io.teex.chain.ChainView;
import io.teex.chain.ChainViews;
import io.teex.chain.EnclaveRegistry;
import io.teex.manager.catalogue.Catalogue;
import io.teex.manager.catalogue.DatasetRecord;
import io.teex.manager.catalogue.ImageRecord;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.manager.keys.RootKeys;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Licence;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.List;

/**
 * Releases once more what a task got, the same seed included, so that another worker can execute it
 * bit for bit and its user sees whether the receipt was true.
 */
public final class Replays {
  private final ReplayRules rules;
  private final ChainViews chain;
  private final MarketClock clock;
  private final Catalogue catalogue;
  private final ReleaseLedger ledger;
  private final RootKeys keys;

  public Replays(
      ManagerIdentity manager,
      ChainViews chain,
      MarketClock clock,
      Catalogue catalogue,
      ReleaseLedger ledger,
      RootKeys keys) {
    this.rules = new ReplayRules(manager, new AuthorityRules(manager));
    this.chain = chain;
    this.clock = clock;
    this.catalogue = catalogue;
    this.ledger = ledger;
    this.keys = keys;
  }

  /**
   * What the task was released for was judged then, by this manager. Judged anew is what may have
   * changed since: the worker, the data's licences and their owners' leave.
   *
   * @throws TeexException as {@link ReplayRules} and, for data, {@link LicenceRules} say; {@code
   *     UNKNOWN_SERVICE} if the image is not kept any more
   */
  public Grant release(ReplayAsk ask) {
    ChainView view = chain.refresh();
    clock.observe(view.block());
    TimeInterval now = clock.now();
    ReplayClaim claim = rules.check(ask, now);
    require(
        view.node(claim.replay().worker()).value().filter(EnclaveRegistry.Node::revoked).isEmpty(),
        ErrorCode.CERTIFICATE_INVALID,
        "worker %s was revoked on chain",
        claim.replay().worker());
    ImageRecord image =
        catalogue
            .image(claim.order().service().imageDigest())
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.UNKNOWN_SERVICE,
                    "image %s is not kept here any more, so no task of it can be replayed"
                        .formatted(claim.order().service().imageDigest())));
    List<LicensedUse> uses = new ArrayList<>();
    List<DatasetRecord> datasets = new ArrayList<>();
    for (DatasetUse use : claim.order().datasets()) {
      LicenceRules.Facts facts =
          new LicenceRules.Facts(
              view.licence(use.id(), use.licenceDigest()).value(),
              catalogue.dataset(use.licenceDigest()));
      uses.add(LicenceRules.check(claim.order(), use, facts, now));
      DatasetRecord dataset = facts.kept().orElseThrow();
      Licence licence = dataset.licence();
      rules.checkLeave(ask, claim.task(), licence, now);
      datasets.add(dataset);
    }
    List<Bytes32> licences = uses.stream().map(LicensedUse::licenceDigest).toList();
    ledger.recordReplay(claim, licences);
    List<Grant.Data> data = new ArrayList<>();
    for (int i = 0; i < uses.size(); i++) {
      DatasetRecord dataset = datasets.get(i);
      data.add(
          new Grant.Data(
              dataset.sealedCid(),
              catalogue.datasetKeys(dataset),
              dataset.licence().dataDigest(),
              uses.get(i).outputBytes()));
    }
    return new Grant(image.sealedCid(), catalogue.imageKey(image), data, keys.seed(claim.task()));
  }
}

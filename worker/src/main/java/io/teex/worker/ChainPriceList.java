package io.teex.worker;

import io.teex.chain.ChainView;
import io.teex.chain.ChainViews;
import io.teex.chain.DataMarket;
import io.teex.chain.Trust;
import io.teex.protocol.Address;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TeexException;
import java.util.Optional;
import java.util.function.Function;

/** Prices and owners as the newest block has them. */
final class ChainPriceList implements PriceList {
  private final ChainViews chain;

  ChainPriceList(ChainViews chain) {
    this.chain = chain;
  }

  @Override
  public Service service(ServiceRef reference) {
    Price price =
        find(view -> view.price(reference.id(), reference.priceVersion()).value())
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.UNKNOWN_SERVICE,
                    "service %s has no price version %d on chain: look it up again"
                        .formatted(reference.id(), reference.priceVersion())));
    Address owner =
        find(view -> view.serviceOwner(reference.id()).value())
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.UNKNOWN_SERVICE,
                    "there is no service %s on chain: look it up again".formatted(reference.id())));
    return new Service(price, owner);
  }

  @Override
  public DatasetCharge dataset(DatasetUse use) {
    DataMarket.Licence licence =
        find(view -> view.licence(use.id(), use.licenceDigest()).value())
            .orElseThrow(() -> unknown(use));
    Address owner =
        find(view -> view.datasetOwner(use.id()).value()).orElseThrow(() -> unknown(use));
    return new DatasetCharge(use.id(), use.licenceDigest(), owner, licence.pricePerUse());
  }

  /**
   * What is not in the last view may have been listed a moment ago, so that a newer one is asked.
   */
  private <T> Optional<T> find(Function<ChainView, Optional<T>> fact) {
    return fact.apply(chain.latest()).or(() -> fact.apply(chain.refresh()));
  }

  @Override
  public Trust trust() {
    return chain.latest().trust();
  }

  private static TeexException unknown(DatasetUse use) {
    return new TeexException(
        ErrorCode.UNKNOWN_DATASET,
        "data set %s has no licence %s on chain: look it up again"
            .formatted(use.id(), use.licenceDigest()));
  }
}

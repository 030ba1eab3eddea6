package io.teex.protocol;

/**
 * What an order may cost.
 *
 * @param max everything together: service, data sets and dispatcher
 * @param dispatcherBasisPointsMax the dispatcher's share on top of service and data, in 1/10000
 */
public record FeeTerms(Amount max, @Uint(16) int dispatcherBasisPointsMax) {
  public FeeTerms {
    Require.uint16("dispatcher basis points", dispatcherBasisPointsMax);
  }
}

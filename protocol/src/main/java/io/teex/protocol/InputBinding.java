package io.teex.protocol;

/**
 * What a sealed input was sealed for. It is authenticated with the sealed key, so nobody can submit
 * another user's sealed input as her own, or to another version or deployment.
 */
public record InputBinding(
    long chainId,
    Address settlement,
    ServiceId service,
    int version,
    Address user,
    Bytes32 inputCommitment) {
  public InputBinding {
    Require.uint64("chain id", chainId);
    Require.uint32("service version", version);
  }

  /** The binding that an order demands. */
  public static InputBinding of(Domain domain, Order order) {
    return new InputBinding(
        domain.chainId(),
        domain.settlement(),
        order.service().id(),
        order.service().version(),
        order.user(),
        order.inputCommitment());
  }
}

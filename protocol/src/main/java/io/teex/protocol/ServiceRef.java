package io.teex.protocol;

/**
 * The exact service that an order runs.
 *
 * @param version of the listed service, from 1 on
 * @param imageDigest {@link Commitment#image} of that version's WebAssembly module
 * @param priceVersion of the listed service's price, from 1 on
 */
public record ServiceRef(ServiceId id, int version, Bytes32 imageDigest, int priceVersion) {
  public ServiceRef {
    Require.uint32("service version", version);
    Require.uint32("price version", priceVersion);
  }
}

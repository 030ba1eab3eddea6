package io.teex.protocol;

/**
 * One use of a data set under one licence.
 *
 * @param licenceDigest {@link Licence#digest}
 * @param priceCap the most that the user pays the licence's owner for this use
 */
public record DatasetUse(DatasetId id, Bytes32 licenceDigest, Amount priceCap) {}

package io.teex.protocol;

/**
 * A data owner's order to the manager to keep a data set's key under a licence; signed by the
 * licence's owner.
 *
 * @param sealedCid content id of the sealed data set's index
 */
public record DatasetRegistration(Bytes32 licenceDigest, String sealedCid) {}

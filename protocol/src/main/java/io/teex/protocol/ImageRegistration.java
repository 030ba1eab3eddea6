package io.teex.protocol;

/**
 * A provider's order to the manager to keep an image's key; signed by the owner.
 *
 * @param sealedCid content id of the sealed image
 */
public record ImageRegistration(Address owner, Bytes32 imageDigest, String sealedCid) {}

package io.teex.protocol;

/** A data owner's order to release nothing more under a licence; signed by the licence's owner. */
public record Revocation(Bytes32 licenceDigest) {}
